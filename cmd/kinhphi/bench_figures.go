package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A benchReport is everything that a run of bench post found.
type benchReport struct {
	Machine  machine      `json:"machine"`
	Load     loadFigures  `json:"load"`
	Rounds   []benchRound `json:"rounds"`
	Medians  benchMedians `json:"medians"`
	Accepted int64        `json:"accepted"` // postings that were answered as accepted, warm-up included
	Records  int64        `json:"records"`  // that the books have more than before
	Legs     int64        `json:"legs"`
	Findings []string     `json:"findings"` // of the check at the end
}

// A machine is what was measured.
type machine struct {
	Cores      int     `json:"cores"`
	System     string  `json:"system"`
	Load       string  `json:"load_average"` // before the measurement, where the system tells
	PostgreSQL string  `json:"postgresql"`
	Fsync      bool    `json:"fsync"`
	FlushMicro float64 `json:"flush_us"` // median time to write 8 kB and sync
}

type loadFigures struct {
	Connections int     `json:"connections"`
	Batch       int     `json:"entries_per_request"`
	Lines       int     `json:"lines"`
	Seconds     float64 `json:"seconds"`
	Scale       int     `json:"tpcb_scale"`
}

func loadOf(o benchOptions) loadFigures {
	return loadFigures{Connections: o.connections, Batch: o.batch, Lines: o.lines, Seconds: o.seconds, Scale: o.scale}
}

// A benchRound is one measurement of everything, made within the same minute.
type benchRound struct {
	TPCB   *tpcbFigures `json:"tpcb,omitempty"`
	Spread *postFigures `json:"spread"`
	Hot    *postFigures `json:"hot,omitempty"`
}

// tpcbFigures are those of pgbench.
type tpcbFigures struct {
	Rate        float64 `json:"rate"`       // transactions a second
	ClientCPU   float64 `json:"pgbench_us"` // CPU time of one transaction
	DatabaseCPU float64 `json:"postgresql_us"`
}

// postFigures are those of one load.
type postFigures struct {
	Rate        float64 `json:"rate"`                // postings a second
	Ratio       float64 `json:"tpcb_ratio"`          // to TPC-B of the same round
	CPURatio    float64 `json:"tpcb_cpu_ratio"`      // of the CPU times: what the ratio would be if nothing else mattered
	P50         float64 `json:"p50_ms"`              // of a request
	P99         float64 `json:"p99_ms"`              //
	ServiceCPU  float64 `json:"service_and_load_us"` // CPU time of one posting
	DatabaseCPU float64 `json:"postgresql_us"`       // likewise; 0 where the system does not tell
}

// benchMedians are medians over the rounds of ratios within a round.
type benchMedians struct {
	Spread      float64 `json:"spread_to_tpcb"`
	Hot         float64 `json:"hot_to_tpcb"`
	HotToSpread float64 `json:"hot_to_spread"`
	CPU         float64 `json:"cpu_tpcb_to_spread"`
}

func (t tally) figures() *postFigures {
	return &postFigures{Rate: float64(t.accepted) / t.took.Seconds(),
		P50: milliseconds(percentile(t.times, 50)), P99: milliseconds(percentile(t.times, 99))}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// percentile is the smallest of the sorted times that p percent do not exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

func perPosting(d time.Duration, n int64) float64 {
	return float64(d.Microseconds()) / float64(max(1, n))
}

// compare fills in the round's ratios.
func (r *benchRound) compare() {
	for _, f := range []*postFigures{r.Spread, r.Hot} {
		if f != nil && r.TPCB != nil {
			f.Ratio = f.Rate / r.TPCB.Rate
			f.CPURatio = (r.TPCB.ClientCPU + r.TPCB.DatabaseCPU) / (f.ServiceCPU + f.DatabaseCPU)
		}
	}
}

func medians(rounds []benchRound) benchMedians {
	var spread, hot, both, cpu []float64
	for _, r := range rounds {
		spread, cpu = append(spread, r.Spread.Ratio), append(cpu, r.Spread.CPURatio)
		if r.Hot != nil {
			hot, both = append(hot, r.Hot.Ratio), append(both, r.Hot.Rate/r.Spread.Rate)
		}
	}
	return benchMedians{median(spread), median(hot), median(both), median(cpu)}
}

// median is the middle of the values, of an even number the mean of the middle two.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(n-1)/2] + v[n/2]) / 2
}

func (r *benchReport) head(w io.Writer) {
	m, l := r.Machine, r.Load
	fmt.Fprintln(w, "bench post: what this machine does just now, not a promise")
	fmt.Fprintf(w, "%d cores (%s, load average %s), PostgreSQL %s, fsync %t, 8 kB written and synced in %.0f us\n",
		m.Cores, m.System, m.Load, m.PostgreSQL, m.Fsync, m.FlushMicro)
	fmt.Fprintf(w, "payments of %d legs, %d a request, over HTTP with token and fresh key; %d connections, %d lines; %g s each\n",
		legsOfPayment, l.Batch, l.Connections, l.Lines, l.Seconds)
	if l.Scale > 0 {
		fmt.Fprintf(w, "TPC-B: pgbench, scale %d, %d clients, prepared, on the same server\n", l.Scale, tpcbClients)
	}
	fmt.Fprintln(w, "CPU is time of one posting: of service and load together (pgbench's for TPC-B), and of PostgreSQL;")
	fmt.Fprintln(w, "on a machine that others use as well, its ratio tells more than that of the rates")
	fmt.Fprintf(w, "\n%5s  %-7s %8s %8s %8s %8s %8s %8s %8s\n", "round", "what", "per s", "x TPC-B", "p50 ms", "p99 ms", "CPU us", "and pg", "x CPU")
}

func (r *benchRound) print(w io.Writer, n int) {
	if r.TPCB != nil {
		fmt.Fprintf(w, "%5d  %-7s %8.0f %8s %8s %8s %8.0f %8.0f\n", n, "TPC-B", r.TPCB.Rate, "", "", "", r.TPCB.ClientCPU, r.TPCB.DatabaseCPU)
	}
	r.Spread.print(w, n, "spread")
	if r.Hot != nil {
		r.Hot.print(w, n, "hot")
	}
}

func (f *postFigures) print(w io.Writer, n int, what string) {
	fmt.Fprintf(w, "%5d  %-7s %8.0f %8.2f %8.2f %8.2f %8.0f %8.0f %8.2f\n",
		n, what, f.Rate, f.Ratio, f.P50, f.P99, f.ServiceCPU, f.DatabaseCPU, f.CPURatio)
}

func (r *benchReport) foot(w io.Writer) {
	m := r.Medians
	fmt.Fprintf(w, "\nmedians of %d rounds:", len(r.Rounds))
	if r.Load.Scale > 0 {
		fmt.Fprintf(w, " spread lines %.2f x TPC-B (by CPU time %.2f x);", m.Spread, m.CPU)
	}
	if m.HotToSpread > 0 && r.Load.Scale > 0 {
		fmt.Fprintf(w, " one hot line %.2f x TPC-B;", m.Hot)
	}
	if m.HotToSpread > 0 {
		fmt.Fprintf(w, " one hot line %.2f x spread lines", m.HotToSpread)
	}
	fmt.Fprintf(w, "\n%d postings accepted, %d records and %d legs more in the books, check clean\n", r.Accepted, r.Records, r.Legs)
}

// machine says what is measured. The server syncs: local.Start refuses one that does
// not, unless it is asked for.
func (p *benchPlace) machine() machine {
	m := machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Load: "unknown",
		PostgreSQL: p.server.Version(), Fsync: true, FlushMicro: flushTime(filepath.Dir(p.server.Dir()))}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _, _ = strings.Cut(string(text), " ")
	}
	return m
}

// flushTime measures what every commit waits for, in microseconds. A disk that is
// memory, or that lies, shows here.
func flushTime(dir string) float64 {
	f, err := os.CreateTemp(dir, "kinhphi-bench-flush-")
	if err != nil {
		return 0
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var times []float64
	for page := make([]byte, 8192); len(times) < 100; {
		begun := time.Now()
		if _, err := f.WriteAt(page, 0); err != nil || f.Sync() != nil {
			return 0
		}
		times = append(times, float64(time.Since(begun).Microseconds()))
	}
	return median(times)
}

// selfCPU is the processor time of this process so far.
func selfCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// tick is the unit of processor times in Linux's /proc: USER_HZ is 100.
const tick = 10 * time.Millisecond

// serverCPU is the processor time so far of all processes of the server in dir, those
// that have ended included; 0 where there is no /proc.
func serverCPU(dir string) (total time.Duration) {
	text, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	server, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well formed
	for _, file := range files {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		parent, own, children := parseStat(string(stat))
		switch {
		case pid == server:
			total += own + children
		case parent == server:
			total += own
		}
	}
	return total
}

// parseStat reads /proc/PID/stat (proc(5)): the parent, the process's own time, and
// that of its children that have ended.
func parseStat(stat string) (parent int, own, children time.Duration) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]) // from field 3 on
	if len(fields) < 15 {
		return 0, 0, 0
	}
	number := func(field int) int { n, _ := strconv.Atoi(fields[field-3]); return n }
	return number(4), time.Duration(number(14)+number(15)) * tick, time.Duration(number(16)+number(17)) * tick
}
