package web

import (
	"context"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
	"github.com/sokinhphi/kinhphi/ledger/access"
	"github.com/sokinhphi/kinhphi/ledger/lang"
)

// statuses maps what went wrong to an HTTP status, first match first. Every
// status that may come out has texts under problem.<status>.
var statuses = []struct {
	err    error
	status int
}{
	{access.ErrForeignForm, fiber.StatusForbidden},
	{ledger.Forbidden, fiber.StatusForbidden},
	{ledger.NotFound, fiber.StatusNotFound},
	{ledger.UnknownCode, fiber.StatusNotFound},
	{ledger.Busy, fiber.StatusServiceUnavailable},
	{ledger.UnknownOutcome, fiber.StatusServiceUnavailable},
	{context.DeadlineExceeded, fiber.StatusGatewayTimeout},
	{context.Canceled, fiber.StatusServiceUnavailable},
}

// statusOf is the HTTP status of an error; 400 for what else a ledger's rule refuses.
func statusOf(err error) int {
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	if f := (*fiber.Error)(nil); errors.As(err, &f) {
		return f.Code
	}
	if len(ledger.Faults(err)) > 0 {
		return fiber.StatusBadRequest
	}
	return fiber.StatusInternalServerError
}

// A problemView is what an error's page says: what, why, and the way on.
type problemView struct {
	Status int
	Help   string
	Faults []string
	ID     string // of the request, for whoever looks into the log
}

// guard answers an error of a handler with a page.
func (r *request) guard(err error) error {
	if err == nil {
		return nil
	}
	status := statusOf(err)
	if status >= 500 {
		r.Log.ErrorContext(r.ctx, "page failed", "path", r.Path(), "request", r.id(), "error", err)
	}
	if status == fiber.StatusServiceUnavailable {
		r.Set(fiber.HeaderRetryAfter, "2")
	}
	r.Status(status)
	r.title(r.t(problemKey(status, "title")))
	v := problemView{Status: status, Help: r.t(problemKey(status, "help")), ID: r.id()}
	for _, f := range ledger.Faults(err) {
		v.Faults = append(v.Faults, faultText(f, r.lang))
	}
	if failed := r.render("problem", v); failed != nil {
		r.Log.ErrorContext(r.ctx, "error page failed", "path", r.Path(), "error", failed)
		return r.plain(status)
	}
	return nil
}

// plain answers without a template and without the store, when those are what failed.
func (r *request) plain(status int) error {
	r.token, r.book, r.shell.Crumbs = "", ledger.Structure{}, nil
	html, err := r.engine.execute(r.lang, "problem", page{shell{Lang: r.lang, Theme: r.theme, Title: r.shell.Title},
		problemView{Status: status, Help: r.t(problemKey(status, "help")), ID: r.id()}})
	if err != nil {
		return r.SendStatus(status)
	}
	r.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.Ctx.Send(html)
}

// id is what the caller or a middleware before us named the request.
func (r *request) id() string { return string(r.Response().Header.Peek(fiber.HeaderXRequestID)) }

func problemKey(status int, part string) string {
	key := "problem." + strconv.Itoa(status) + "." + part
	if !hasText(key) {
		key = "problem." + strconv.Itoa(status/100) + "xx." + part
	}
	return key
}

// errorPage answers what no page answered: unknown paths, panics, limits.
func (s *site) errorPage(c *fiber.Ctx, err error) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), s.Deadline)
	defer cancel()
	r := s.request(c, ctx, route{})
	secure(c)
	if failed := r.identify(); failed != nil {
		s.Log.ErrorContext(ctx, "session unknown on error page", "error", failed)
	}
	return r.guard(err)
}

// faultText words a broken rule in the reader's language.
func faultText(f *ledger.Fault, l lang.Lang) string { return lang.Explain(f, l) }
