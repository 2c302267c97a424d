// Package intake reads files that other systems made and turns them into
// requests to the ledger. It is pure: it takes readers and returns values; it
// knows no database, file name, clock or chance.
//
// # Execution reports
//
// An execution report is a table with one row for each budget line and columns
// for the stages of spending: approved, modified, received, committed, accrued,
// exercised, paid. [Read] takes a workbook (or CSV) and a [Map], which says in
// TOML where things stand; nothing about one particular file is in the code.
//
// What a row becomes, stage by stage over the whole file, so that receipts come
// before payments:
//
//	approved             appropriate to the source's pool, allocate to the line
//	modified > approved  supplement to the pool, allocate-supplement to the line
//	modified < approved  reduce: withdraws from the line and cuts the pool
//	received             receive, one event for each source
//	committed            commit, which opens the line's commitment
//	accrued              accrue on that commitment, which opens an acceptance
//	exercised            checked to lie between accrued and paid; not posted
//	paid                 pay on that acceptance
//
// Amounts are taken exactly or refused; nothing is ever rounded. Zero amounts
// post nothing, but units, projects and sources of all rows are defined.
//
// # All or nothing
//
// Every broken rule of the file is collected ([Problems]) with sheet, row,
// column, value and operands, and then nothing is returned. The requests of an
// [Execution] are meant for one ledger.Together post. Their keys are made of
// the programme, the document number in the map, the stage and the voucher's
// place in the file: the same file again is answered from what is recorded, and
// a changed file under the same document number is refused as key_reused
// instead of being posted beside the first one. A corrected file needs a
// document number of its own.
package intake
