package local

import "testing"

func TestParsePostmaster(t *testing.T) {
	t.Parallel()
	whole := "4711\n/data/pg\n1700000000\n5433\n\n127.0.0.1\n  123456  32768\nready   \n"
	for text, want := range map[string]postmaster{
		whole: {PID: 4711, Port: 5433, Ready: true},
		"4711\n/d\n1\n5433\n\n*\n1 2\nstarting\n": {PID: 4711, Port: 5433},
		"4711\n/data/pg\n":                        {PID: 4711},
		"-4711\n":                                 {},
		"":                                        {},
		"what\n":                                  {},
	} {
		if got := parsePostmaster(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestIsServerOf(t *testing.T) {
	t.Parallel()
	const cluster = "/data/pg"
	for _, c := range []struct {
		words []string
		want  bool
	}{
		{[]string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/data/pg", "-p", "1"}, true},
		{[]string{"postgres", "-D/data/pg/"}, true},
		{[]string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/data/pg2"}, false},
		{[]string{"postgres: checkpointer "}, false},
		{[]string{"vi", "/data/pg"}, false},
		{nil, false},
	} {
		if got := isServerOf(c.words, cluster); got != c.want {
			t.Errorf("%q: %v", c.words, got)
		}
	}
}
