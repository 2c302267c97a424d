package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/network"
)

// Limits of the first page after signing in, with nothing in the cache.
const (
	maxBytes    = 90 << 10
	maxRequests = 8
)

func TestFirstPageIsLight(t *testing.T) {
	for _, role := range []string{"officer", "owner"} {
		b := as(t, role)
		b.do(network.ClearBrowserCache(), network.SetCacheDisabled(true))
		b.visit(root)
		b.wait(`document.fonts.status === "loaded"`)
		parts := eval[map[string]int](b, `Object.fromEntries([...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
			.map((e) => [new URL(e.name).pathname.replace(/\.[0-9a-f]{6,}/, ""), e.transferSize]))`)
		sum := 0
		for name, n := range parts {
			sum += n
			if n == 0 {
				t.Errorf("%s came from a cache", name)
			}
		}
		t.Logf("%s: %d bytes in %d requests: %v", role, sum, len(parts), parts)
		if sum >= maxBytes || len(parts) > maxRequests {
			t.Errorf("%s: the first page takes %d bytes in %d requests; at most %d in %d", role, sum, len(parts), maxBytes, maxRequests)
		}
	}
}
