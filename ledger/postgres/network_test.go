package postgres_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/ledgertest"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
)

// A wire is what lies between the books and their database, and can fail.
type wire struct {
	at, to string // addresses

	mu       sync.Mutex
	listener net.Listener
	ends     []net.Conn
	trap     string // the next message that has it springs the trap, once
	early    bool   // the trap is before the server, not after it
	sprung   int
}

// newWire puts a wire before a database and returns the URL that leads through it.
func newWire(t *testing.T, databaseURL string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{at: "127.0.0.1:0", to: u.Host}
	w.mend(t)
	t.Cleanup(w.cut)
	u.Host = w.at
	return w, u.String()
}

// mend lets connections through, at the address of before.
func (w *wire) mend(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", w.at)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.listener, w.at = l, l.Addr().String()
	w.mu.Unlock()
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return // it was cut
			}
			w.join(client)
		}
	}()
}

// cut ends all connections and refuses new ones.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener.Close()
	for _, c := range w.ends {
		c.Close()
	}
	w.ends = nil
}

// set sets the trap.
func (w *wire) set(word string, early bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trap, w.early = word, early
}

// springs tells whether a message springs the trap, and how.
func (w *wire) springs(message []byte) (yes, early bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trap == "" || !bytes.Contains(message, []byte(w.trap)) {
		return false, false
	}
	w.trap = ""
	w.sprung++
	return true, w.early
}

// join carries messages between a client and the server, until one of them goes or
// the trap springs: then the request, or the answer to it, is lost.
func (w *wire) join(client net.Conn) {
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		client.Close()
		return
	}
	w.mu.Lock()
	w.ends = append(w.ends, client, server)
	w.mu.Unlock()
	var once sync.Mutex
	lost := false // the server's next answer
	go func() {
		defer server.Close()
		defer client.Close()
		carry(client, server, func(message []byte) bool {
			yes, early := w.springs(message)
			once.Lock()
			lost = lost || yes
			once.Unlock()
			return !yes || !early
		})
	}()
	go func() {
		defer server.Close()
		defer client.Close()
		carry(server, client, func([]byte) bool {
			once.Lock()
			defer once.Unlock()
			return !lost
		})
	}()
}

// carry passes messages on while they may pass.
func carry(from, to net.Conn, pass func([]byte) bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && pass(buf[:n]) {
			_, err = to.Write(buf[:n])
		} else if n > 0 {
			return
		}
		if err != nil {
			return
		}
	}
}

// quiet opens books whose faults are expected.
func quiet(t *testing.T, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// When the request or the answer to it is lost on the way, the writer itself finds
// out what became of it: the caller sees one record, not a fault.
func TestLostOnTheWay(t *testing.T) {
	for _, c := range []struct {
		name, trap string
		early      bool
		mode       ledger.Mode
	}{
		{"request", "write_batch", true, ledger.Each},
		{"answer", "write_batch", false, ledger.Each},
		{"request of many", "COMMIT", true, ledger.Together},
		{"answer of many", "COMMIT", false, ledger.Together},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			direct := ledgertest.URL(t)
			ledgertest.Programme(t, ledgertest.Open(t, direct))
			w, through := newWire(t, direct)
			s := quiet(t, through)
			line := ledgertest.Line("NSTW", "DA1", "CAT")
			one(t, s, pay("warm", line, 1))
			before := records(t, s)
			const times = 5
			for i := range times {
				w.set(c.trap, c.early)
				rs := []ledger.Request{pay(fmt.Sprint("a", i), line, 1), pay(fmt.Sprint("b", i), line, 1)}
				results, err := s.Post(t.Context(), ledger.LocalActor(), ledgertest.Code, c.mode, rs)
				if err != nil || results[0].Seq != before+ledger.Seq(2*i+1) || results[1].Seq != results[0].Seq+1 {
					t.Errorf("%d: %+v, %v", i, results, err)
				}
			}
			if w.sprung != times || records(t, s) != before+2*times {
				t.Errorf("the trap sprang %d times, %d records, want %d", w.sprung, records(t, s)-before, 2*times)
			}
			clean(t, ledgertest.Open(t, direct))
		})
	}
}

// While the database cannot be reached, callers are told to come again, and what
// they asked for is done once when they do.
func TestDatabaseOutOfReach(t *testing.T) {
	direct := ledgertest.URL(t)
	ledgertest.Programme(t, ledgertest.Open(t, direct))
	w, through := newWire(t, direct)
	s := quiet(t, through)
	by, line := ledger.LocalActor(), ledgertest.Line("NSTW", "DA1", "CAT")
	token, _, err := s.CreateToken(t.Context(), by, "officer", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	before := records(t, s)
	w.cut()
	for name, ask := range map[string]func() error{
		"structure":  func() error { _, err := s.Structure(t.Context(), by, ledgertest.Code); return err },
		"programmes": func() error { _, err := s.Programmes(t.Context(), by); return err },
		"cells": func() error {
			for _, err := range s.Cells(t.Context(), by, ledgertest.Code, ledger.Filter{}, ledger.Detail{}) {
				return err
			}
			return nil
		},
		"token": func() error { _, err := s.TokenActor(t.Context(), token); return err },
		"post":  func() error { _, err := each(t.Context(), s, pay("k", line, 1)); return err },
	} {
		if err := ask(); !errors.Is(err, ledger.Busy) {
			t.Errorf("%s: %v, want busy", name, err)
		}
	}
	w.mend(t)
	one(t, s, pay("first", line, 1)) // now there is a writer
	w.cut()
	if _, err := each(t.Context(), s, pay("k", line, 1)); !errors.Is(err, ledger.UnknownOutcome) {
		t.Errorf("post: %v, want unknown_outcome", err)
	}
	w.mend(t)
	if r := one(t, s, pay("k", line, 1)); r.Outcome != ledger.Accepted || r.Seq != before+2 {
		t.Errorf("afterwards: %+v", r)
	}
	clean(t, s)
}
