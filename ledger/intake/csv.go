package intake

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// csvSheet is what errors call the only sheet of a CSV file.
const csvSheet = "CSV"

// readCSV calls each for every record of a CSV file (RFC 4180, UTF-8, with or
// without a byte order mark). The row number is the line on which the record
// begins.
func readCSV(ctx context.Context, r io.ReaderAt, size int64, each eachRow) error {
	if size > MaxCSVBytes {
		return tooLarge(csvSheet, "bytes", MaxCSVBytes, size)
	}
	in := bufio.NewReader(io.NewSectionReader(r, 0, size))
	if mark, _ := in.Peek(3); string(mark) == "\uFEFF" {
		if _, err := in.Discard(3); err != nil {
			return fmt.Errorf("read CSV: %w", err)
		}
	}
	records := csv.NewReader(in)
	records.FieldsPerRecord, records.ReuseRecord = -1, true
	for n := 1; ; n++ {
		cells, err := records.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(csvSheet, err)
		}
		if err := boundedRecord(ctx, n, len(cells)); err != nil {
			return err
		}
		line, _ := records.FieldPos(0)
		if err := each(line, cells); err != nil {
			return err
		}
	}
}

func boundedRecord(ctx context.Context, n, cells int) error {
	if n > MaxRows {
		return tooLarge(csvSheet, "rows", MaxRows, int64(n))
	}
	if cells > MaxColumns {
		return tooLarge(csvSheet, "columns", MaxColumns, int64(cells))
	}
	if n%rowsPerStop == 0 && ctx.Err() != nil {
		return fmt.Errorf("read CSV: %w", context.Cause(ctx))
	}
	return nil
}
