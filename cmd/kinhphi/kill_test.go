package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The tests in this file kill what they test, five times each, while clients post
// that repeat a request with its key until they are answered.
const (
	kills   = 5
	clients = 8
)

// payment is what every client posts: the smallest amount there is.
const payment = `{"kind":"pay","date":"2020-07-01","document":{"type":"UNC"},
	"line":"2020/VIEN-TRO-KHONG-HOAN-LAI-2019-VT01/TRUYEN-THONG/T-CONG-AN-TINH-1ZH8JJ","amount":"0.01"}`

// A crowd is clients that post payments, and what they were told.
type crowd struct {
	url, token string
	answered   atomic.Int64 // payments acknowledged
	unanswered atomic.Int64 // requests that had to be repeated

	mu    sync.Mutex
	acked map[string]int64 // record by key
	open  map[string]bool  // keys asked for, but never answered
	wrong []string
}

func newCrowd(url, token string) *crowd {
	return &crowd{url: url, token: token, acked: map[string]int64{}, open: map[string]bool{}}
}

// post runs the clients until ctx ends.
func (c *crowd) post(ctx context.Context) (done func()) {
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				key := fmt.Sprintf("c%d-%d", i, n)
				c.until(ctx, key)
				if rand.IntN(10) == 0 {
					c.until(ctx, key) // asks again, though it knows
				}
			}
		})
	}
	return wg.Wait
}

// until asks until there is an answer, or ctx ends.
func (c *crowd) until(ctx context.Context, key string) {
	c.mu.Lock()
	if _, known := c.acked[key]; !known {
		c.open[key] = true
	}
	c.mu.Unlock()
	for ctx.Err() == nil {
		if seq, ok := c.ask(ctx, key); ok {
			c.told(key, seq)
			return
		}
		c.unanswered.Add(1)
		time.Sleep(time.Duration(10+rand.IntN(40)) * time.Millisecond)
	}
}

// told remembers an answer, which must be the one that was given before.
func (c *crowd) told(key string, seq int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := c.acked[key]
	if known && before != seq {
		c.wrong = append(c.wrong, fmt.Sprintf("%s is record %d, then %d", key, before, seq))
	}
	if !known {
		c.answered.Add(1)
	}
	c.acked[key] = seq
	delete(c.open, key)
}

// ask posts one payment. What is neither an answer nor a reason to ask again is wrong.
func (c *crowd) ask(ctx context.Context, key string) (seq int64, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/api/v1/programmes/"+sampleBook+"/entries", strings.NewReader(payment))
	if err != nil {
		return 0, false
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, false
	}
	defer response.Body.Close()
	var said struct {
		Seq  int64
		Type string
	}
	err = json.NewDecoder(response.Body).Decode(&said)
	switch {
	case err != nil || response.StatusCode >= 500:
		return 0, false
	case said.Seq == 0 || response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusOK:
		c.mu.Lock()
		c.wrong = append(c.wrong, fmt.Sprintf("%s: status %d %s", key, response.StatusCode, said.Type))
		c.mu.Unlock()
		return 0, false
	}
	return said.Seq, true
}

// settle asks once more for everything, so that nothing is open, and what was told
// before is told again.
func (c *crowd) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	keys := make(chan string)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for key := range keys {
				c.until(ctx, key)
			}
		})
	}
	all := slices.AppendSeq(slices.Collect(maps.Keys(c.acked)), maps.Keys(c.open))
	for _, key := range all {
		keys <- key
	}
	close(keys)
	wg.Wait()
	if len(c.open) > 0 || len(c.acked) != len(all) {
		t.Errorf("%d of %d requests are not answered", len(c.open), len(all))
	}
}

// audit compares what the clients were told with the log, whose records after
// first are all theirs.
func audit(acked map[string]int64, first, last int64) (wrong []string) {
	bySeq := map[int64]string{}
	for key, seq := range acked {
		if other, twice := bySeq[seq]; twice {
			wrong = append(wrong, fmt.Sprintf("record %d is the answer to %s and %s", seq, key, other))
		}
		if seq <= first || seq > last {
			wrong = append(wrong, fmt.Sprintf("record %d, which %s was told of, is lost", seq, key))
		}
		bySeq[seq] = key
	}
	for seq := first + 1; seq <= last; seq++ {
		if bySeq[seq] == "" {
			wrong = append(wrong, fmt.Sprintf("record %d is nobody's: something was recorded twice", seq))
		}
	}
	return wrong
}

func TestAuditSeesFaults(t *testing.T) {
	sound := map[string]int64{"a": 8, "b": 9}
	for name, c := range map[string]struct {
		acked map[string]int64
		last  int64
		want  int
	}{
		"sound":   {sound, 9, 0},
		"lost":    {sound, 8, 1},
		"doubled": {sound, 10, 1},
		"mixed":   {map[string]int64{"a": 8, "b": 8}, 9, 2},
		"before":  {map[string]int64{"a": 7, "b": 9}, 9, 2},
	} {
		if got := audit(c.acked, 7, c.last); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// records returns how many records a book has, by the check that proves it.
func (h home) records(t *testing.T, book string) int64 {
	t.Helper()
	out := h.ok(t, "check", book)
	_, rest, _ := strings.Cut(out, book+": ")
	number, _, _ := strings.Cut(rest, " records")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !strings.Contains(out, ": 0 findings") {
		t.Fatalf("check says %q", out)
	}
	return n
}

// kill has a crowd post through the service while do kills something, and proves
// that nothing was lost and nothing done twice.
func kill(t *testing.T, do func(h home, s **service)) {
	h := newHome(t)
	h.ok(t, importing(sampleReport)...)
	_, token := officer(t, h, "lan", sampleBook)
	first := h.records(t, sampleBook)
	s := h.serve(t, freeAddress(t))
	c := newCrowd(s.url, token)
	ctx, stop := context.WithCancel(t.Context())
	wait := c.post(ctx)
	for n := range kills {
		before := c.answered.Load()
		awaitTrue(t, fmt.Sprintf("payments go on after %d kills", n), func() bool { return c.answered.Load() > before+100 })
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
		do(h, &s)
	}
	before := c.answered.Load()
	awaitTrue(t, "payments go on after all kills", func() bool { return c.answered.Load() > before+100 })
	stop()
	wait()
	t.Logf("%d payments acknowledged, %d requests repeated, %d left open", c.answered.Load(), c.unanswered.Load(), len(c.open))
	c.settle(t)
	s.stop(t)
	for _, wrong := range slices.Concat(c.wrong, audit(c.acked, first, h.records(t, sampleBook))) {
		t.Error(wrong)
	}
	if c.unanswered.Load() == 0 {
		t.Error("no kill was noticed")
	}
}

// awaitTrue waits until something holds, for at most 20 s.
func awaitTrue(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 2000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("still not so: %s", what)
}

func TestServiceKilledDuringPosting(t *testing.T) {
	t.Parallel()
	kill(t, func(h home, s **service) {
		address := strings.TrimPrefix((*s).url, "http://")
		(*s).kill()
		*s = h.serve(t, address)
	})
}

func TestDatabaseKilledDuringPosting(t *testing.T) {
	t.Parallel()
	kill(t, func(h home, _ **service) {
		server := 0
		awaitTrue(t, "a server runs", func() bool { server = h.server(); return server != 0 })
		if err := syscall.Kill(server, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		awaitTrue(t, "another server runs", func() bool { now := h.server(); return now != 0 && now != server })
	})
}

// server returns the process of the private server, 0 if there is none. While it
// is started again, another process may stand in its file.
func (h home) server() int {
	text, err := os.ReadFile(h.pidFile())
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	name, err := exec.Command("ps", "-o", "args=", "-p", first).Output()
	if err != nil || !strings.Contains(string(name), "postgres -D "+h.data) {
		return 0
	}
	pid, err := strconv.Atoi(first)
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}

// An import that is killed at any moment has posted the whole file or nothing, and
// is done by doing it again.
func TestImportKilledHalfway(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	s := h.serve(t, "127.0.0.1:0")
	const rounds = 6
	halfway := 0
	for n := range rounds {
		book := fmt.Sprint("P", n)
		cmd := h.command(importing(sampleReport, "--programme", book)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+rand.IntN(400)) * time.Millisecond)
		_ = cmd.Process.Kill() // may have ended already
		if err := cmd.Wait(); err == nil {
			continue
		}
		halfway++
		if list := h.ok(t, "programme", "list"); strings.Contains(list, book+"\t") {
			if n := h.records(t, book); n != 0 && n != 18 {
				t.Errorf("a killed import left %d records", n)
			}
		}
		h.ok(t, importing(sampleReport, "--programme", book)...)
		if n := h.records(t, book); n != 18 {
			t.Errorf("done again, there are %d records", n)
		}
	}
	t.Logf("%d of %d were killed halfway", halfway, rounds)
	s.stop(t)
}
