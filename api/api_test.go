package api

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
)

var update = flag.Bool("update", false, "write openapi.json and testdata anew")

// fakeBooks answers what a test gives it; it decides nothing. It is for the
// transport: what the books decide is tested on the real ones.
type fakeBooks struct {
	ledger.Books
	posted  []ledger.Request
	mode    ledger.Mode
	answer  func([]ledger.Request) ([]ledger.Result, error)
	queries int
	journal ledger.JournalQuery
}

var fakeStructure = ledger.Structure{Programme: ledger.Programme{Code: "PCMT", Name: "Chương trình", Currency: ledger.VND}}

func (b *fakeBooks) Structure(_ context.Context, _ ledger.Actor, p ledger.Code) (ledger.Structure, error) {
	b.queries++
	if p != "PCMT" {
		return ledger.Structure{}, ledger.Refuse(ledger.NotFound, "", "what", "programme", "value", string(p))
	}
	return fakeStructure, nil
}

func (b *fakeBooks) Programmes(context.Context, ledger.Actor) ([]ledger.Programme, error) {
	return []ledger.Programme{fakeStructure.Programme}, nil
}

func (b *fakeBooks) Journal(_ context.Context, _ ledger.Actor, _ ledger.Code, q ledger.JournalQuery) (ledger.JournalPage, error) {
	b.journal = q
	return ledger.JournalPage{}, nil
}

func (b *fakeBooks) Lines(context.Context, ledger.Actor, ledger.Code, ledger.Line) ([]ledger.Line, error) {
	return nil, nil
}

func (b *fakeBooks) Cells(context.Context, ledger.Actor, ledger.Code, ledger.Filter, ledger.Detail) iter.Seq2[ledger.Cell, error] {
	return func(func(ledger.Cell, error) bool) {}
}

func (b *fakeBooks) Post(_ context.Context, by ledger.Actor, _ ledger.Code, m ledger.Mode, rs []ledger.Request) ([]ledger.Result, error) {
	b.mode = m
	b.posted = append(b.posted, rs...)
	if b.answer != nil {
		return b.answer(rs)
	}
	out := make([]ledger.Result, len(rs))
	for i := range rs {
		out[i] = ledger.Result{Outcome: ledger.Accepted, Seq: ledger.Seq(i + 1)}
	}
	return out, nil
}

// fakeDirectory knows one token per name in it: "token-<login>".
type fakeDirectory map[ledger.Login]ledger.Actor

func (d fakeDirectory) TokenActor(_ context.Context, token string) (ledger.Actor, error) {
	a, ok := d[ledger.Login(strings.TrimPrefix(token, "token-"))]
	if !ok {
		return ledger.Actor{}, access.ErrExpired
	}
	return a, nil
}

func (d fakeDirectory) Users(context.Context, ledger.Actor) ([]access.Person, error) {
	return []access.Person{{Login: "lan", Name: "Lan"}}, nil
}

type client struct {
	t     testing.TB
	app   *fiber.App
	spec  *huma.OpenAPI
	token string
}

func newClient(t testing.TB, books ledger.Books, directory Directory, options Options) *client {
	app := fiber.New(fiber.Config{Immutable: true, StrictRouting: true, CaseSensitive: true, UnescapePath: true,
		BodyLimit: 2 * MaxBulkBody, ErrorHandler: ErrorHandler, DisableStartupMessage: true})
	app.Use(func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), 20*time.Second)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	})
	return &client{t, app, Register(app, books, directory, options), "token-lan"}
}

func newFake(t testing.TB) (*client, *fakeBooks) {
	b := &fakeBooks{}
	return newClient(t, b, fakeDirectory{"lan": {User: "lan"}}, Options{}), b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request; headers are pairs and replace the usual ones.
func (c *client) do(method, path, body string, headers ...string) answer {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k1")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	res, err := c.app.Test(r, -1)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("status %d: %v in %s", a.status, err, a.body)
	}
}

func (a answer) problem(t testing.TB) Problem {
	t.Helper()
	var p Problem
	a.into(t, &p)
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("Content-Type %q", ct)
	}
	if p.Status != a.status || p.RequestID == "" || p.RequestID != a.header.Get(HeaderRequestID) {
		t.Errorf("status %d, problem %+v, request %q", a.status, p, a.header.Get(HeaderRequestID))
	}
	return p
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code makes; look at the difference, then run go test ./api -update", path)
	}
}

func TestOpenAPI(t *testing.T) {
	c, _ := newFake(t)
	a := c.do("GET", "/api/openapi.json", "", "Authorization", "")
	if a.status != 200 || bytes.Contains(a.body, []byte("$schema")) {
		t.Errorf("status %d", a.status)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, a.body, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	golden(t, "openapi.json", pretty.Bytes())
}

// operationsOf lists the operations of a path by method.
func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
		if op != nil {
			all[method] = op
		}
	}
	return all
}

// newRequestCtx is a posting as the server hands it over.
func newRequestCtx(body string) *fasthttp.RequestCtx {
	ctx := &fasthttp.RequestCtx{}
	ctx.Request.Header.SetMethod("POST")
	ctx.Request.SetRequestURI(entriesPath)
	ctx.Request.Header.Set("Authorization", "Bearer token-lan")
	ctx.Request.Header.Set("Content-Type", "application/json")
	ctx.Request.Header.Set("Idempotency-Key", "k1")
	ctx.Request.SetBodyString(body)
	return ctx
}
