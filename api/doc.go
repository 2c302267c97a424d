// Package api is the ledger as JSON over HTTP: [Register] puts it on a fiber app
// under /api. It decodes, calls ledger.Books once, and encodes; no rule of the books
// lives here.
//
//	GET  /api/openapi.json   the whole description (OpenAPI 3.1)
//	GET  /api/docs           the same as a page
//	GET  /api/problems       every rule that a request may break
//	     /api/v1/...         the resources
//
// # Requests
//
// Everything under /api/v1 needs "Authorization: Bearer <token>"; cookies are ignored,
// so no page of another site can act for a person. Bodies are JSON in UTF-8 and are
// read strictly: an unknown field, a field given twice, null, a number where a string
// belongs and anything after the end are refused, all faults at once, before the books
// are asked. Amounts are strings, never numbers. References are codes. Compressed
// bodies are refused.
//
// Whatever changes a book carries a key of the caller's choice in the header
// Idempotency-Key (or, for entries, in the field key), so that a request whose answer
// was lost can be sent again: the same key with the same content is answered as the
// first time, with other content it is refused.
//
// # Answers
//
// A refusal is application/problem+json (RFC 9457): type and status follow the first
// broken rule, errors lists all of them with field, rule, operands and a sentence in
// the language of Accept-Language (Vietnamese unless English is asked for). Amounts are
// decimal strings; what cannot be said is null, never zero. Failures of the service
// say nothing but the request's number, by which the log has the rest.
package api
