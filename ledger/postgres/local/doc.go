// Package local runs a private PostgreSQL server for one data directory, with
// server programs that are already on the machine. It is the database of a
// newcomer's first run and of the tests; nothing is ever downloaded.
//
// # One directory, many processes
//
// A directory has at most one server, and any number of processes that use it:
// the service, and commands that run beside it. The first one starts the
// server, the others find it. Nobody owns it:
//
//   - Every process holds a shared lock (flock) on lock/use for as long as it
//     uses the server. The kernel drops the lock when the process ends, however
//     it ends.
//   - A watchdog process is the parent of the server. It waits for the moment
//     when it can lock lock/use alone, which is when nobody uses the server any
//     more, and then stops it by a fast shutdown. While it stops the server it
//     keeps that lock, so that a newcomer waits and then starts a new server.
//   - The watchdog starts the server again, on the same port, when it was killed
//     under its users; their pools reconnect by themselves.
//   - When the watchdog itself is killed, the kernel tells the server to shut
//     down (Linux only; elsewhere such a server lives on, and the next Start
//     uses it without managing it).
//
// So a command that happened to start the server does not take it away from the
// service, a killed service leaves no server behind, and Ctrl-C in a terminal
// does not stop the server before the service has finished its work.
//
// The watchdog is the running program itself, executed again with an environment
// variable that this package's init function looks for: a shell has no portable
// flock, and a call that every main and TestMain must remember would one day be
// forgotten, and a program that does not know that it is the watchdog would start
// another one. It ignores SIGINT, SIGTERM and SIGHUP: what ends it is that nobody
// uses the server.
//
// # What is in the directory
//
//	pg/         the database cluster; never removed, never re-made
//	pg.init-*   a cluster that initdb has not finished; worth nothing
//	password    of the superuser "postgres"; random, mode 0600
//	log         what the server and the watchdog said; log.old before that
//	lock/       start (held while starting), use (shared by users), server (the
//	            watchdog's)
//	temporary   marks a directory that goes away with its last user
//
// A server that root starts runs as the owner of the cluster, or for a new one
// as user postgres, else nobody: PostgreSQL refuses to run as root.
package local
