package intake

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of one file. They bound memory and time before anything is believed.
const (
	MaxBytes    = 32 << 20  // of the file, and of a workbook's parts when unpacked
	MaxCSVBytes = 8 << 20   // of a CSV file
	MaxParts    = 1000      // files within a workbook
	MaxRows     = 50_000    // of a sheet: more than one import can post
	MaxColumns  = 256       // of a sheet
	MaxCells    = 1_000_000 // of a sheet, empty ones included
	MaxStrings  = 500_000   // elements of the table of texts, about two for each text
	MaxOther    = 4 << 20   // bytes of every other XML part of a workbook, unpacked
	rowsPerStop = 256       // rows between two looks at the context
)

// eachRow is called with a row's number, from 1, and its cells. The cells are
// valid during the call only.
type eachRow func(row int, cells []string) error

// readWorkbook calls each for every row of a sheet, in order. Cells are as they
// are stored: numbers are not formatted, so nothing is rounded on the way.
func readWorkbook(ctx context.Context, r io.ReaderAt, size int64, sheet string, each eachRow) error {
	cells, err := inspect(ctx, r, size, sheet)
	if err != nil {
		return err
	}
	book, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxBytes, UnzipXMLSizeLimit: MaxBytes,
	})
	if err != nil {
		return unreadable(sheet, err)
	}
	defer book.Close()
	rows, err := book.Rows(sheet)
	if err != nil {
		return unreadable(sheet, err)
	}
	if err := readRows(ctx, rows, cells.spelled(each)); err != nil {
		return err
	}
	return rows.Close()
}

func readRows(ctx context.Context, rows *excelize.Rows, each eachRow) error {
	for n := 1; rows.Next(); n++ {
		if n%rowsPerStop == 0 && ctx.Err() != nil {
			return fmt.Errorf("read rows: %w", context.Cause(ctx))
		}
		cells, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("read row %d: %w", n, err)
		}
		if err := each(n, cells); err != nil {
			return err
		}
	}
	return rows.Error()
}

// inspect refuses what is not a workbook of bounded size before it is opened.
// It also reads the sheet to its end, because the row reader takes damage in the
// middle of a sheet for its end and a cell out of order for the next one, and
// does not tell text, number and truth apart. It returns where the sheet has
// numbers and truth values.
func inspect(ctx context.Context, r io.ReaderAt, size int64, sheet string) (typed, error) {
	if size > MaxBytes {
		return nil, tooLarge(sheet, "bytes", MaxBytes, size)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unreadable(sheet, err)
	}
	if len(archive.File) > MaxParts {
		return nil, tooLarge(sheet, "parts", MaxParts, int64(len(archive.File)))
	}
	if err := bounded(archive, sheet); err != nil {
		return nil, err
	}
	part, err := findSheet(archive, sheet)
	if err != nil {
		return nil, err
	}
	cells := sheetWalk{name: sheet}
	if err := walk(ctx, part, sheet, cells.element); err != nil {
		return nil, err
	}
	return cells.typed, inspectTexts(ctx, archive, sheet)
}

// bounded refuses an archive whose directory admits that it is too large. What
// the directory hides is refused when it is unpacked: archive/zip stops there.
func bounded(archive *zip.Reader, sheet string) error {
	var total uint64
	for _, part := range archive.File {
		if total += part.UncompressedSize64; total > MaxBytes || part.UncompressedSize64 > MaxBytes {
			return tooLarge(sheet, "unpacked_bytes", MaxBytes, int64(min(total, 1<<62)))
		}
		name := strings.ToLower(part.Name)
		if strings.HasPrefix(name, "xl/worksheets/") || name == textsPart || !strings.HasSuffix(name, ".xml") {
			continue
		}
		if part.UncompressedSize64 > MaxOther {
			return tooLarge(sheet, part.Name, MaxOther, int64(part.UncompressedSize64))
		}
	}
	return nil
}

// textsPart is the table of texts, in lower case.
const textsPart = "xl/sharedstrings.xml"

// inspectTexts bounds the table of texts, which is read whole: an empty element
// has a few bytes in the file and many in memory.
func inspectTexts(ctx context.Context, archive *zip.Reader, sheet string) error {
	for _, part := range archive.File {
		if strings.ToLower(part.Name) != textsPart {
			continue
		}
		f, err := part.Open()
		if err != nil {
			return unreadable(sheet, err)
		}
		count := 0
		return walk(ctx, f, sheet, func(xml.StartElement) error {
			if count++; count > MaxStrings {
				return tooLarge(sheet, "texts", MaxStrings, int64(count))
			}
			return nil
		})
	}
	return nil
}

// walk calls each for every element of a part, which it closes. A part that is
// not well-formed to its end is refused.
func walk(ctx context.Context, part io.ReadCloser, sheet string, each func(xml.StartElement) error) error {
	defer part.Close()
	d := xml.NewDecoder(part)
	for n := 0; ; n++ {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(sheet, err)
		}
		if n%4096 == 0 && ctx.Err() != nil {
			return fmt.Errorf("inspect workbook: %w", context.Cause(ctx))
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := each(start); err != nil {
				return err
			}
		}
	}
}

// sheetWalk counts rows and cells and holds them to their order.
type sheetWalk struct {
	name            string
	row, col, cells int
	elements        int
	typed           typed
}

func (w *sheetWalk) element(start xml.StartElement) error {
	if w.elements++; w.elements > 3*MaxCells {
		return tooLarge(w.name, "elements", 3*MaxCells, int64(w.elements))
	}
	switch start.Name.Local {
	case "row":
		return w.nextRow(attribute(start, "r"))
	case "c":
		if err := w.nextCell(attribute(start, "r")); err != nil {
			return err
		}
		if kind := attribute(start, "t"); kind == "" || kind == "n" || kind == "b" {
			w.typed = append(w.typed, typedCell{int32(w.row), int16(w.col), kind == "b"})
		}
	}
	return nil
}

func (w *sheetWalk) nextRow(at string) error {
	n := w.row + 1
	if at != "" {
		var err error
		if n, err = strconv.Atoi(at); err != nil || n <= w.row {
			return w.disorder("row " + at + " after row " + strconv.Itoa(w.row))
		}
	}
	if n > MaxRows {
		return tooLarge(w.name, "rows", MaxRows, int64(n))
	}
	w.row, w.col = n, 0
	return nil
}

func (w *sheetWalk) nextCell(at string) error {
	col := w.col + 1
	if at != "" {
		c, row, err := excelize.CellNameToCoordinates(at)
		if err != nil || row != w.row || c <= w.col {
			return w.disorder("cell " + at + " in row " + strconv.Itoa(w.row))
		}
		col = c
	}
	w.cells++
	if col > MaxColumns {
		return tooLarge(w.name, "columns", MaxColumns, int64(col))
	}
	if w.cells > MaxCells {
		return tooLarge(w.name, "cells", MaxCells, int64(w.cells))
	}
	w.col = col
	return nil
}

func (w *sheetWalk) disorder(reason string) error {
	return &RowError{Sheet: w.name, Row: w.row, Rule: NotWorkbook, Operands: operands("reason", clip(reason))}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func unreadable(sheet string, err error) error {
	return &RowError{Sheet: sheet, Rule: NotWorkbook, Operands: operands("reason", clip(err.Error()))}
}

func tooLarge(sheet, what string, limit, count int64) error {
	return &RowError{Sheet: sheet, Rule: TooLarge,
		Operands: operands("what", what, "limit", strconv.FormatInt(limit, 10), "count", strconv.FormatInt(count, 10))}
}
