package local

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// selfPath is the running program, even after its file was replaced or removed.
const selfPath = "/proc/self/exe"

// memoryDir is a file system in memory that every user may write to.
const memoryDir = "/dev/shm"

// commandLine returns the words of a process's command line; none for a process
// that does not exist or that has ended and was not waited for. The kernel shows
// it to every user, so that it also works for root in a container, who may see
// no more of other users' processes than that.
func commandLine(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
}

// childAttributes are those of a process that must not outlive the thread that
// starts it: then the kernel sends it the signal.
func childAttributes(a account, atParentsDeath syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true, Pdeathsig: atParentsDeath}
}

// freeBytes returns how much an ordinary user can still write into a directory.
func freeBytes(dir string) uint64 {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0
	}
	return st.Bavail * uint64(st.Bsize)
}
