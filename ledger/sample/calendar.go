package sample

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/sokinhphi/kinhphi/ledger"
)

// on returns a date that is known to exist.
func on(year, month, day int) ledger.Date {
	d, err := ledger.NewDate(year, month, day)
	if err != nil {
		panic(err)
	}
	return d
}

// tet are the first and last days off at the lunar new year.
var tet = map[int][2]ledger.Date{
	2017: {on(2017, 1, 26), on(2017, 2, 1)},
	2018: {on(2018, 2, 14), on(2018, 2, 20)},
	2019: {on(2019, 2, 4), on(2019, 2, 8)},
	2020: {on(2020, 1, 23), on(2020, 1, 29)},
}

// working reports whether offices are open on d.
func working(d ledger.Date) bool {
	if w := d.Time().Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	if t, ok := tet[d.Year()]; ok && !d.Before(t[0]) && !d.After(t[1]) {
		return false
	}
	switch [2]int{d.Month(), d.Day()} {
	case [2]int{1, 1}, [2]int{4, 30}, [2]int{5, 1}, [2]int{9, 2}:
		return false
	}
	return true
}

// workday returns d or the next working day of the same year; at the end of
// the year the one before.
func workday(d ledger.Date) ledger.Date {
	step := 1
	for e := d; ; e = e.AddDays(step) {
		if e.Year() != d.Year() {
			e, step = d, -1
		}
		if working(e) {
			return e
		}
	}
}

// between returns the day that lies part/whole of the way from one day to
// another.
func between(from, to ledger.Date, part, whole int) ledger.Date {
	days := int(to.Time().Sub(from.Time()).Hours() / 24)
	return from.AddDays(days * part / whole)
}

// earlier returns the earlier of two days.
func earlier(a, b ledger.Date) ledger.Date {
	if a.Before(b) {
		return a
	}
	return b
}

// quarter returns the Roman number of d's quarter.
func quarter(d ledger.Date) string { return [...]string{"I", "II", "III", "IV"}[(d.Month()-1)/3] }

// dice is the only chance in the sample: a generator whose output is specified,
// drawn from in a fixed order.
type dice struct{ *rand.PCG }

func newDice() dice { return dice{rand.NewPCG(572, 2017)} }

// below returns 0 to n-1.
func (d dice) below(n int) int { return int(d.Uint64() % uint64(n)) }

// roll returns a number from a to b, both included.
func (d dice) roll(a, b int) int { return a + d.below(b-a+1) }

// chance is true in n of 1,000 cases.
func (d dice) chance(n int) bool { return d.below(1000) < n }

// one returns one of the choices.
func one[T any](d dice, choices []T) T { return choices[d.below(len(choices))] }

// A task is something that is going to happen on a day.
type task struct {
	day   ledger.Date
	order int // tasks of one day happen as they were put down
	do    func()
}

// An agenda is a heap of tasks.
type agenda []task

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if c := a[i].day.Compare(a[j].day); c != 0 {
		return c < 0
	}
	return a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(task)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// at puts a task down for the working day at or after d, today at the earliest.
func (s *sim) at(d ledger.Date, do func()) {
	day := workday(d)
	if day.Before(s.today) {
		day = s.today
	}
	s.tasks++
	heap.Push(&s.agenda, task{day, s.tasks, do})
}

// in puts a task down for so many days from now, but not after last.
func (s *sim) in(days int, last ledger.Date, do func()) {
	s.at(earlier(s.today.AddDays(days), last), do)
}
