package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	recovery "github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/sokinhphi/kinhphi/api"
	"github.com/sokinhphi/kinhphi/ledger/postgres"
	"github.com/sokinhphi/kinhphi/web"
)

// Limits of the service.
const (
	defaultAddress = "127.0.0.1:8080"
	requestTime    = 30 * time.Second // work for one request
	shutdownTime   = 20 * time.Second // for requests under way at the end
	headerBytes    = 16 << 10
	connections    = 16 << 10
)

func serveCommand(db *database) *cobra.Command {
	var address string
	var demonstrate bool
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the pages and the API", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			listener, err := listen(address, cmd.Flags().Changed("addr"))
			if err != nil {
				return err
			}
			if demonstrate && !loopback(listener.Addr()) {
				listener.Close()
				return errors.New("--demo has passwords that everybody knows: it serves only this machine (--addr 127.0.0.1:...)")
			}
			return db.with(cmd, func(ctx context.Context, books *opened) error {
				return serve(ctx, cmd, books, listener, demonstrate)
			})
		},
	}
	cmd.Flags().StringVar(&address, "addr", defaultAddress, "address to listen on; unless given, the next free port is taken")
	cmd.Flags().BoolVar(&demonstrate, "demo", false, "fill in the sample programme, with users of every role")
	return cmd
}

// listen takes the address, or unless it was asked for, one of the next ports.
func listen(address string, asked bool) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil || asked || !errors.Is(err, syscall.EADDRINUSE) {
		return l, err
	}
	host, _, _ := net.SplitHostPort(address)
	for port := 8081; port < 8180; port++ {
		if l, err = net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(port))); err == nil {
			return l, nil
		}
	}
	return nil, err
}

func loopback(a net.Addr) bool {
	at, err := netip.ParseAddrPort(a.String())
	return err == nil && at.Addr().Unmap().IsLoopback()
}

func serve(ctx context.Context, cmd *cobra.Command, books *opened, listener net.Listener, demonstrate bool) error {
	log := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil))
	var hints []web.Hint
	if demonstrate {
		if err := fillSample(ctx, books, cmd.ErrOrStderr()); err != nil {
			return fmt.Errorf("fill in the sample programme: %w", err)
		}
		hints = sampleHints()
	}
	tune()
	app := newApp(books.Store, log, hints)
	announce(cmd, books, listener, hints)
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	if err := app.ShutdownWithTimeout(shutdownTime); err != nil {
		log.Error("shutdown", "error", err)
	}
	return nil
}

// tune lets the collector wait until the heap has grown fivefold: a service's
// live heap is small and its garbage plenty. Near the limit it works as hard as
// it must.
func tune() {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(192 << 20)
}

func announce(cmd *cobra.Command, books *opened, listener net.Listener, hints []web.Hint) {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "Sổ Kinh Phí  http://%s\n", listener.Addr())
	fmt.Fprintf(out, "books        %s\n", books.place)
	for i, h := range hints {
		if i == 0 {
			fmt.Fprintf(out, "sample users password %s\n", h.Password)
		}
		fmt.Fprintf(out, "             %s\n", h.Login)
	}
}

// newApp puts pages and API together on the one root application.
func newApp(books *postgres.Store, log *slog.Logger, hints []web.Hint) *fiber.App {
	var pages fiber.ErrorHandler
	app := fiber.New(fiber.Config{
		AppName:               "kinhphi",
		Immutable:             true, // strings of a request must not change under whoever keeps them
		StrictRouting:         true,
		CaseSensitive:         true,
		UnescapePath:          true,
		DisableStartupMessage: true,
		BodyLimit:             api.MaxBulkBody,
		ReadBufferSize:        headerBytes,
		Concurrency:           connections,
		ReadTimeout:           10 * time.Second,
		WriteTimeout:          2 * time.Minute,
		IdleTimeout:           time.Minute,
		// Nobody is trusted to say where a request comes from.
		EnableTrustedProxyCheck: true,
		EnableIPValidation:      true,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			if strings.HasPrefix(c.Path(), "/api/") {
				return api.ErrorHandler(c, err)
			}
			return pages(c, err)
		},
	})
	app.Use(number, logged(log), recovery.New(), deadline)
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/readyz", func(c *fiber.Ctx) error {
		if err := books.Ready(c.UserContext()); err != nil {
			log.Error("not ready", "error", err)
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
		}
		return c.SendString("ready\n")
	})
	api.Register(app, books, books, api.Options{Failed: func(id string, err error) { log.Error("api", "request", id, "error", err) }})
	pages = web.Register(app, books, books, web.Options{Log: log, Hints: hints, Deadline: requestTime})
	return app
}

// number gives every request a number, which answers and the log repeat.
func number(c *fiber.Ctx) error {
	c.Set(api.HeaderRequestID, uuid.NewString())
	return c.Next()
}

// deadline bounds the work for a request: fasthttp itself never tells that the
// caller has gone.
func deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// logged writes one line for each request: refusals as information, failures as
// errors. Nothing of the query or the body is in it.
func logged(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		err := c.Next()
		if err != nil {
			if err := c.App().ErrorHandler(c, err); err != nil {
				c.SendStatus(fiber.StatusInternalServerError)
			}
		}
		status := c.Response().StatusCode()
		level := slog.LevelInfo
		switch {
		case status >= 500:
			level = slog.LevelError
		case status < 400:
			level = slog.LevelDebug
		}
		log.LogAttrs(context.Background(), level, "request", slog.String("method", c.Method()), slog.String("path", c.Path()),
			slog.Int("status", status), slog.Duration("took", time.Since(start)), slog.String("from", c.IP()),
			slog.String("request", string(c.Response().Header.Peek(api.HeaderRequestID))))
		return nil
	}
}
