package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"encoding/json"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/sokinhphi/kinhphi/ledger"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

// registerDocs serves the description, as JSON and as a page, and the rules. They need
// no token: nothing of any book is in them.
func registerDocs(group fiber.Router, spec *huma.OpenAPI) {
	description, err := json.Marshal(spec)
	if err != nil {
		panic(err) // the spec is part of the program
	}
	page := docsPage(spec)
	style := sha256.Sum256([]byte(docsCSS))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	group.Get("/openapi.json", fixed("application/openapi+json", "default-src 'none'", description))
	group.Get("/docs", fixed("text/html; charset=utf-8", policy, page))
	group.Get("/problems", fixed("application/json", "default-src 'none'", catalogue()))
	group.Get("/problems/:rule", func(c *fiber.Ctx) error {
		r := ruleOf(ledger.Rule(c.Params("rule")))
		if r.Title == "Refused" {
			return fiber.ErrNotFound
		}
		return c.JSON(r)
	})
}

// fixed answers the same bytes always.
func fixed(media, policy string, b []byte) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, media)
		c.Set(fiber.HeaderContentSecurityPolicy, policy)
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
		return c.Send(b)
	}
}

func catalogue() []byte {
	all := List[RuleInfo]{Items: slices.Clone(rules)}
	slices.SortFunc(all.Items, func(a, b RuleInfo) int { return strings.Compare(string(a.Rule), string(b.Rule)) })
	b, err := json.Marshal(all)
	if err != nil {
		panic(err) // the table is part of the program
	}
	return b
}

// docsOperation is one operation as the page shows it.
type docsOperation struct {
	*huma.Operation
	Fields  []docsField
	Answers []string
}

type docsField struct{ Name, Type, Text string }

type docsSchema struct {
	Name   string
	Fields []docsField
}

func docsPage(spec *huma.OpenAPI) []byte {
	var out bytes.Buffer
	err := template.Must(template.New("docs").Parse(docsHTML)).Execute(&out, map[string]any{
		"Spec": spec, "Style": template.CSS(docsCSS), "Operations": docsOperations(spec), "Schemas": docsSchemas(spec), "Rules": rules})
	if err != nil {
		panic(err) // the page is part of the program
	}
	return out.Bytes()
}

func docsOperations(spec *huma.OpenAPI) (all []docsOperation) {
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		for _, op := range []*huma.Operation{spec.Paths[path].Get, spec.Paths[path].Post} {
			if op == nil {
				continue
			}
			d := docsOperation{Operation: op}
			for _, p := range op.Parameters {
				d.Fields = append(d.Fields, docsField{p.Name, p.In, p.Description})
			}
			if op.RequestBody != nil {
				d.Fields = append(d.Fields, docsField{"", "body", typeName(op.RequestBody.Content["application/json"].Schema)})
			}
			for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
				for _, media := range op.Responses[status].Content {
					d.Answers = append(d.Answers, status+" "+typeName(media.Schema))
				}
			}
			all = append(all, d)
		}
	}
	return all
}

func docsSchemas(spec *huma.OpenAPI) (all []docsSchema) {
	schemas := spec.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		d := docsSchema{Name: name}
		for _, property := range slices.Sorted(maps.Keys(schemas[name].Properties)) {
			p := schemas[name].Properties[property]
			kind := typeName(p)
			if slices.Contains(schemas[name].Required, property) {
				kind += ", always"
			}
			d.Fields = append(d.Fields, docsField{property, kind, strings.TrimSpace(p.Description + " " + enumeration(p))})
		}
		all = append(all, d)
	}
	return all
}

func enumeration(s *huma.Schema) string {
	words := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		words[i], _ = v.(string)
	}
	return strings.Join(words, " | ")
}

// typeName says in a word or two what a schema is.
func typeName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.Type == "array":
		return "list of " + typeName(s.Items)
	case len(s.OneOf) > 0:
		names := make([]string, len(s.OneOf))
		for i, one := range s.OneOf {
			names[i] = typeName(one)
		}
		return strings.Join(names, " or ")
	case s.Format != "":
		return s.Format
	}
	return s.Type
}
