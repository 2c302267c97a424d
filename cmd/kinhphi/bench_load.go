package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"time"
)

// answerTime is how long a load waits for an answer.
const answerTime = time.Minute

// A load is connections that each post one request after the other.
type load struct {
	address, token     string
	lines              []string
	connections, batch int
}

// A tally is what became of a load.
type tally struct {
	accepted int64
	took     time.Duration
	times    []time.Duration // of every request
}

// run posts for a while. The first answer that is not an acceptance ends it with an
// error: the load is made so that nothing is refused.
func (l *load) run(ctx context.Context, d time.Duration) (all tally, err error) {
	conns, err := l.connect(ctx)
	if err != nil {
		return all, err
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	tallies, errs := make([]tally, len(conns)), make([]error, len(conns))
	var wait sync.WaitGroup
	start := time.Now()
	for i, c := range conns {
		wait.Add(1)
		go pprof.Do(ctx, pprof.Labels("side", "client"), func(ctx context.Context) {
			defer wait.Done()
			defer c.conn.Close()
			if tallies[i], errs[i] = c.post(ctx); errs[i] != nil {
				cancel()
			}
		})
	}
	wait.Wait()
	all.took = time.Since(start)
	for _, t := range tallies {
		all.accepted += t.accepted
		all.times = append(all.times, t.times...)
	}
	slices.Sort(all.times)
	return all, errors.Join(append(errs, interrupted(ctx))...)
}

// interrupted is why ctx ended, unless its time was over or work failed.
func interrupted(ctx context.Context) error {
	if err := context.Cause(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func (l *load) connect(ctx context.Context) (conns []*poster, err error) {
	for n := range l.connections {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.address)
		if err != nil {
			for _, c := range conns {
				c.conn.Close()
			}
			return nil, err
		}
		conns = append(conns, &poster{load: l, conn: conn, in: bufio.NewReaderSize(conn, 4096), n: n * len(l.lines) / l.connections})
	}
	return conns, nil
}

// A poster is one connection of a load. It makes its requests by hand: the load
// shares the processors with what it measures, so it must cost little.
type poster struct {
	*load
	conn net.Conn
	in   *bufio.Reader
	n    int // postings so far
	body []byte
	out  []byte
	back []byte
}

func (c *poster) post(ctx context.Context) (t tally, err error) {
	t.times = make([]time.Duration, 0, 1<<14)
	for ctx.Err() == nil {
		c.request()
		begun := time.Now()
		if err := c.exchange(begun); err != nil {
			return t, err
		}
		t.times = append(t.times, time.Since(begun))
		t.accepted += int64(c.batch)
	}
	return t, nil
}

// request makes the next request.
func (c *poster) request() {
	c.body = c.body[:0]
	if c.batch == 1 {
		c.entry()
	} else {
		c.body = append(c.body, `{"entries":[`...)
		for i := range c.batch {
			if i > 0 {
				c.body = append(c.body, ',')
			}
			c.entry()
		}
		c.body = append(c.body, `]}`...)
	}
	c.out = append(c.out[:0], "POST /api/v1/programmes/"+string(benchCode)+"/entries HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAuthorization: Bearer "...)
	c.out = append(c.out, c.token...)
	c.out = append(c.out, "\r\nIdempotency-Key: "...)
	c.out = appendKey(c.out)
	c.out = append(c.out, "\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(c.body)), 10)
	c.out = append(append(c.out, "\r\n\r\n"...), c.body...)
}

// appendKey appends a fresh key, random as those that programs choose.
func appendKey(b []byte) []byte {
	b = strconv.AppendUint(b, rand.Uint64(), 16)
	return strconv.AppendUint(append(b, '-'), rand.Uint64(), 16)
}

// entry appends one payment: the kind that an officer's day is full of.
func (c *poster) entry() {
	c.n++
	date := [10]byte{}
	copy(date[:], strconv.Itoa(benchYear)+"-06-00")
	day := 1 + c.n%28
	date[8], date[9] = byte('0'+day/10), byte('0'+day%10)
	b := append(c.body, `{"kind":"pay","line":"`...)
	b = append(b, c.lines[c.n%len(c.lines)]...)
	b = append(b, `","amount":"`...)
	b = strconv.AppendInt(b, int64(1000+c.n%9000), 10)
	b = append(b, `","date":"`...)
	b = append(b, date[:]...)
	b = append(b, `","document":{"type":"GRDT","number":"PC-`...)
	b = strconv.AppendInt(b, int64(c.n), 10)
	b = append(b, `","date":"`...)
	b = append(b, date[:]...)
	b = append(b, `"},"payee":"Công ty TNHH Thiết bị An Bình","item":"6503","description":"Thanh toán xăng dầu tuần tra, đợt `...)
	b = strconv.AppendInt(b, int64(c.n), 10)
	c.body = append(b, `"}`...)
}

var (
	acceptedMark  = []byte(`"outcome":"accepted"`)
	contentLength = []byte("Content-Length: ")
)

// exchange sends the request and reads the answer, which must accept every entry.
func (c *poster) exchange(now time.Time) error {
	if err := c.conn.SetDeadline(now.Add(answerTime)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.out); err != nil {
		return err
	}
	status, err := c.answer()
	if err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	if n := bytes.Count(c.back, acceptedMark); n != c.batch {
		return fmt.Errorf("%d of %d entries were accepted: status %d: %.500s", n, c.batch, status, c.back)
	}
	return nil
}

// answer reads one answer, its body into back.
func (c *poster) answer() (status int, err error) {
	length := -1
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
				return 0, fmt.Errorf("no status line: %q", line)
			}
			if status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, err
			}
		case len(line) == 0:
			return status, c.content(length)
		case bytes.HasPrefix(line, contentLength):
			if length, err = strconv.Atoi(string(line[len(contentLength):])); err != nil {
				return 0, err
			}
		}
	}
}

func (c *poster) content(length int) error {
	if length < 0 {
		return errors.New("the answer does not say its length")
	}
	c.back = slices.Grow(c.back[:0], length)[:length]
	for read := 0; read < length; {
		n, err := c.in.Read(c.back[read:])
		if err != nil {
			return err
		}
		read += n
	}
	return nil
}
