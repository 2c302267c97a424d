// Package lang is everything about the two languages of the screens: numbers,
// dates and amounts in words as Vietnamese public accountants write them,
// the strict reading of what a person types into a form, search that ignores
// accents, Vietnamese order, and the catalogue of messages.
//
// All amounts come and go as canonical decimal strings ("-1234.50"): an
// optional minus, digits, and an optional dot with digits. No amount ever
// passes through a float.
//
// # Messages
//
// vi.json and en.json are flat files of key and text, sorted by key, with the
// same keys and the same placeholders; the tests hold them to that. After
// adding keys, bring the files into order with
//
//	go test ./ledger/lang -run TestCatalogueFiles -update
//
// A placeholder is written in braces and takes one of five forms:
//
//	{name}         the operand as it is
//	{name:number}  a canonical decimal, grouped as the language does
//	{name:date}    an ISO date, written as the language does
//	{name:account} an account's path, in words a person knows
//	{name:role.*}  the message "role." + operand, or the operand itself
//	               when there is no such message
//
// English texts that depend on a count are written "one|other"; the operand n
// chooses. Vietnamese has no plural, so its texts never contain "|".
package lang
