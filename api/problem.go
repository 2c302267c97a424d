package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// A Problem is the answer to a request that was refused (RFC 9457).
type Problem struct {
	Type      string  `json:"type" example:"/api/problems/over_limit" doc:"The first broken rule: stable, and where it is described."`
	Title     string  `json:"title" example:"Not enough left" doc:"The rule in a few English words."`
	Status    int     `json:"status" example:"409" doc:"The HTTP status."`
	Errors    []Error `json:"errors" nullable:"false" doc:"Every broken rule; of one field the first."`
	RequestID string  `json:"request_id,omitempty" doc:"The request's number in the service's log."`

	retryAfter string
}

// An Error is one broken rule of a [Problem].
type Error struct {
	Field    string            `json:"field,omitempty" example:"events[2].amount" doc:"Path of the offending field in the body, or the name of a parameter or header."`
	Rule     string            `json:"rule" example:"over_limit" doc:"The rule; see /api/problems."`
	Operands map[string]string `json:"operands,omitempty" doc:"What the rule was broken with: codes, dates, amounts as decimal strings."`
	Message  string            `json:"message" doc:"A sentence for people, in the language of Accept-Language."`
}

// Error is for logs.
func (p *Problem) Error() string { return p.Type }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that belong to the status.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// problem turns err into an answer in language l. internal is err itself when it is a
// failure of the service and not a refusal; the answer then says nothing of it.
func problem(err error, l lang.Lang, requestID string) (p *Problem, internal error) {
	broken := faultsOf(err)
	if len(broken) == 0 {
		broken, internal = []*ledger.Fault{ledger.Refuse(Internal, "")}, err
	}
	rule := ruleOf(broken[0].Rule)
	p = &Problem{Type: "/api/problems/" + string(rule.Rule), Title: rule.Title, Status: rule.Status, RequestID: requestID}
	if rule.Status == http.StatusServiceUnavailable {
		p.retryAfter = "1"
	}
	for _, f := range broken {
		p.Errors = append(p.Errors, Error{Field: f.Field, Rule: string(f.Rule), Operands: f.Operands, Message: message(f, l)})
	}
	return p, internal
}

// faultsOf returns the broken rules in err, none if it is a failure of the service.
func faultsOf(err error) []*ledger.Fault {
	if fs := ledger.Faults(err); len(fs) > 0 {
		return fs
	}
	var rule ledger.Rule
	switch {
	case errors.As(err, &rule):
	case errors.Is(err, context.DeadlineExceeded):
		rule = Deadline
	case errors.Is(err, context.Canceled):
		rule = ledger.Busy
	default:
		return nil
	}
	return []*ledger.Fault{ledger.Refuse(rule, "")}
}

func message(f *ledger.Fault, l lang.Lang) string {
	own, ok := words[f.Rule]
	if !ok {
		return lang.Explain(f, l)
	}
	text := own[0]
	if l == lang.En {
		text = own[1]
	}
	pairs := []string{"{field}", lang.FieldLabel(f.Field, l)}
	for name, value := range f.Operands {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// ErrorHandler answers what no route of the API answered: an unknown path, a method
// that a path does not have, a body above the server's limit, a panic. The program's
// one fiber.ErrorHandler calls it for paths under /api and logs err itself.
func ErrorHandler(c *fiber.Ctx, err error) error {
	p, _ := problem(transportFault(c, err), lang.PreferredLang(c.Get(fiber.HeaderAcceptLanguage)), requestID(c))
	for name, values := range p.GetHeaders() {
		c.Set(name, values[0])
	}
	return c.Status(p.Status).JSON(p, p.ContentType(""))
}

// transportFault names what fiber refused on its own.
func transportFault(c *fiber.Ctx, err error) error {
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		return err
	}
	switch fe.Code {
	case fiber.StatusNotFound:
		return ledger.Refuse(NoRoute, "", "path", clip(c.Path()))
	case fiber.StatusMethodNotAllowed:
		return ledger.Refuse(MethodNotAllowed, "", "method", c.Method())
	case fiber.StatusRequestEntityTooLarge:
		return ledger.Refuse(BodyTooLarge, "body", "limit", "4194304")
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return ledger.Refuse(HeadersTooLarge, "")
	case fiber.StatusRequestTimeout:
		return ledger.Refuse(Deadline, "")
	case fiber.StatusBadRequest:
		return ledger.Refuse(BadRequest, "")
	}
	return err
}

// init makes refusals of package huma answers of ours: huma has one function for the
// whole program. With parameters and bodies read here, huma refuses nothing itself;
// what is left are its failures to write.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		p, _ := problem(errors.Join(append(errs, errors.New(msg))...), lang.Vi, "")
		return p
	}
}
