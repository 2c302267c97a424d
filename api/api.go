package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// Limits of bodies, in bytes. The server's own limit must not be below MaxBulkBody.
const (
	MaxBody     = 256 << 10
	MaxBulkBody = 4 << 20
)

// HeaderRequestID carries the request's number. A middleware before the API may set it
// on the response; otherwise the API makes one.
const HeaderRequestID = "X-Request-Id"

// A Directory is what the API needs to know of persons; access.Directory has it.
type Directory interface {
	// TokenActor returns who acts by the token. Errors: access.ErrExpired,
	// access.ErrDisabled; others are failures.
	TokenActor(ctx context.Context, token string) (ledger.Actor, error)
	// Users lists all persons by login. Errors: forbidden.
	Users(ctx context.Context, by ledger.Actor) ([]access.Person, error)
}

// Options are settings of the API.
type Options struct {
	// Failed is told of every answer with status 500: the request's number and what
	// went wrong. It may be nil.
	Failed func(requestID string, err error)
}

type server struct {
	books      ledger.Books
	directory  Directory
	options    Options
	huma       huma.API
	currencies sync.Map // ledger.Code -> ledger.Currency; a programme's never changes
}

// Register puts the API on app under /api and returns its description. Requests must
// come with a deadline in their UserContext; paths that the API does not have go to the
// app's ErrorHandler, which should call [ErrorHandler] for them. Register panics unless
// app was made with Immutable: without it fiber hands out strings that later requests
// overwrite, and the API keeps what it is given.
func Register(app *fiber.App, books ledger.Books, directory Directory, options Options) *huma.OpenAPI {
	if !app.Config().Immutable {
		panic("api: the fiber app must be made with Immutable")
	}
	s := &server{books: books, directory: directory, options: options}
	group := app.Group("/api")
	s.huma = humafiber.NewWithGroup(app, group, configuration())
	spec := s.huma.OpenAPI()
	group.Use("/v1", s.enter)
	s.routes()
	registerDocs(group, spec)
	return spec
}

func configuration() huma.Config {
	config := huma.DefaultConfig("Sổ Kinh Phí", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // its pages load from elsewhere; ours do not
	config.CreateHooks = nil                                             // no $schema in answers
	config.Servers = []*huma.Server{{URL: "/api"}}
	config.Info.Description = description
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	return config
}

const description = "The ledger of public programmes. Amounts are decimal strings, references are codes, dates are civil dates (2019-03-17). " +
	"Whatever changes a book needs a key of your choice in Idempotency-Key: the same key with the same content is answered as the first time. " +
	"Refusals are application/problem+json; GET /api/problems lists their rules."

func (s *server) routes() {
	s.structureRoutes()
	s.lineRoutes()
	s.entryRoutes()
	s.adminRoutes()
}

// A call is one request, as handlers need to know it.
type call struct {
	by        ledger.Actor
	accept    string // Accept-Language
	requestID string
	body      []byte // valid until the handler returns
}

type callKey struct{}

// enter lets requests with a valid token through.
func (s *server) enter(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	k := &call{accept: c.Get(fiber.HeaderAcceptLanguage), requestID: requestID(c), body: c.Request().Body()}
	token := bearer(c.Get(fiber.HeaderAuthorization))
	if token == "" {
		return s.refuse(c, k, ledger.Refuse(Unauthenticated, "Authorization"))
	}
	var err error
	if k.by, err = s.directory.TokenActor(c.UserContext(), token); err != nil {
		return s.refuse(c, k, err)
	}
	if err := checkMedia(c); err != nil {
		return s.refuse(c, k, err)
	}
	c.SetUserContext(context.WithValue(c.UserContext(), callKey{}, k))
	return c.Next()
}

// bearer returns the token of an Authorization header, "" if there is none.
func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || len(token) > 256 {
		return ""
	}
	return token
}

// checkMedia refuses bodies that are not plain JSON. Compressed ones are refused since
// a small body could become any size.
func checkMedia(c *fiber.Ctx) error {
	if e := c.Get(fiber.HeaderContentEncoding); e != "" && e != "identity" {
		return ledger.Refuse(MediaType, "Content-Encoding", "value", clip(e))
	}
	if c.Method() != fiber.MethodPost {
		return nil
	}
	whole := c.Get(fiber.HeaderContentType)
	media, parameter, _ := strings.Cut(whole, ";")
	parameter = strings.TrimSpace(parameter)
	if !strings.EqualFold(strings.TrimSpace(media), "application/json") ||
		parameter != "" && !strings.EqualFold(parameter, "charset=utf-8") {
		return ledger.Refuse(MediaType, "Content-Type", "value", clip(whole))
	}
	return nil
}

// requestID returns the request's number, made here if nobody did.
func requestID(c *fiber.Ctx) string {
	if id := c.GetRespHeader(HeaderRequestID); id != "" {
		return id
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	id := hex.EncodeToString(b[:])
	c.Set(HeaderRequestID, id)
	return id
}

// refuse answers err outside of a handler.
func (s *server) refuse(c *fiber.Ctx, k *call, err error) error {
	p := s.problem(k, err)
	for name, values := range p.GetHeaders() {
		c.Set(name, values[0])
	}
	return c.Status(p.Status).JSON(p, p.ContentType(""))
}

// problem makes the answer to err and reports failures.
func (s *server) problem(k *call, err error) *Problem {
	p, internal := problem(err, lang.PreferredLang(k.accept), k.requestID)
	if internal != nil && s.options.Failed != nil {
		s.options.Failed(k.requestID, internal)
	}
	return p
}

// read registers a route without a body. I has the parameters, all strings, O the
// answer.
func read[I, O any](s *server, op huma.Operation, handle func(context.Context, *call, *I) (*O, error)) {
	known := map[string]bool{}
	op.SkipValidateParams = true // handlers do, and name rules
	op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		c := humafiber.Unwrap(ctx)
		if err := checkQuery(c, known); err != nil {
			_ = s.refuse(c, callOf(ctx.Context()), err)
			return
		}
		next(ctx)
	}}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		k := callOf(ctx)
		if b, ok := any(in).(interface{ check() error }); ok {
			if err := b.check(); err != nil {
				return nil, s.problem(k, err)
			}
		}
		out, err := handle(ctx, k, in)
		if err != nil {
			return nil, s.problem(k, err)
		}
		return out, nil
	})
	for _, p := range operation(s.huma.OpenAPI(), op.Method, op.Path).Parameters {
		known[p.Name] = p.In == "query"
	}
}

// write registers a route with a body of type B. The handler goes on gathering faults and
// asks for them before it changes anything.
func write[I, B, O any](s *server, op huma.Operation, handle func(context.Context, *call, *I, *B, *faults) (*O, error)) {
	limit := MaxBody
	if op.MaxBodyBytes > 0 {
		limit = int(op.MaxBodyBytes)
	}
	sh := shapeOf(reflect.TypeFor[B]())
	op.DefaultStatus = http.StatusCreated
	read(s, op, func(ctx context.Context, k *call, in *I) (*O, error) {
		if len(k.body) > limit {
			return nil, tooLarge(limit)
		}
		var body B
		f := newFaults()
		decode(k.body, sh, reflect.ValueOf(&body).Elem(), f)
		return handle(ctx, k, in, &body, f)
	})
	describeBody(s.huma.OpenAPI(), op, sh.typ)
}

// describeBody adds to the description what huma must not know when a route is made:
// it would read the body itself.
func describeBody(spec *huma.OpenAPI, op huma.Operation, t reflect.Type) {
	made := operation(spec, op.Method, op.Path)
	made.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: spec.Components.Schemas.Schema(t, true, op.OperationID)}}}
	again := *made.Responses["201"]
	again.Description = "Recorded before, under the same key with the same content."
	made.Responses["200"] = &again
	for _, p := range made.Parameters {
		p.Required = p.In == "path" || p.Name == keyField && t != reflect.TypeFor[postBody]()
	}
}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// operation finds what was registered.
func operation(spec *huma.OpenAPI, method, path string) *huma.Operation {
	if method == http.MethodPost {
		return spec.Paths[path].Post
	}
	return spec.Paths[path].Get
}

// checkQuery refuses parameters that the route does not have or that come twice.
func checkQuery(c *fiber.Ctx, known map[string]bool) error {
	args := c.Context().QueryArgs()
	if args.Len() == 0 {
		return nil
	}
	f, seen := newFaults(), map[string]bool{}
	for key := range args.All() {
		name := string(key)
		switch {
		case !known[name]:
			f.add(ledger.Refuse(UnknownParameter, clip(name)))
		case seen[name]:
			f.add(ledger.Refuse(DuplicateField, name))
		}
		seen[name] = true
	}
	return f.err()
}

func tooLarge(limit int) error {
	return ledger.Refuse(BodyTooLarge, "body", "limit", itoa(limit))
}

// get and post begin the description of a route.
func get(id, path, summary, more string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/v1" + path, Summary: summary, Description: more}
}

func post(id, path, summary, more string) huma.Operation {
	op := get(id, path, summary, more)
	op.Method = http.MethodPost
	return op
}
