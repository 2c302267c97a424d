package postgres

import (
	"context"
	"net"
	"time"

	"github.com/lib/pq"
)

// silence is how long a connection waits for the server to say anything. The
// context of a query cannot end a read when the network has gone silent, so the
// connection itself must. It is longer than any statement may take.
const silence = 5 * time.Minute

// dialer makes connections whose reads end when the server is silent for long.
type dialer struct{}

var _ pq.DialerContext = dialer{}

// Dial is part of pq.Dialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout is part of pq.Dialer.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext is part of pq.DialerContext.
func (dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return quietConn{c}, nil
}

type quietConn struct{ net.Conn }

// Read sets a deadline before it waits.
func (c quietConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}
