package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "directory for pictures of the main pages")

// What all tests share: one service with the sample programme, one browser.
var (
	site    *service
	browser context.Context
	missing string // why there is no browser
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	// The service is told to end when the thread that started it does.
	runtime.LockOSThread()
	program, err := findChromium()
	if err != nil {
		missing = fmt.Sprintf("no Chromium (apt-get install chromium): %v", err)
		return m.Run(), nil
	}
	if site, err = startService(); err != nil {
		return 1, err
	}
	defer site.stop()
	allocated, stop := chromedp.NewExecAllocator(context.Background(), chromiumOptions(program, site.dir)...)
	defer stop()
	browser, _ = chromedp.NewContext(allocated, chromedp.WithErrorf(quiet))
	defer chromedp.Cancel(browser)
	if err := chromedp.Run(browser); err != nil {
		return 1, fmt.Errorf("start %s: %w", program, err)
	}
	return m.Run(), nil
}

func findChromium() (path string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}

// chromiumOptions make the browser draw alike everywhere and speak with nobody
// but the service. Root has no sandbox, and the pages are our own. All that it
// writes is in a directory that is removed at the end.
func chromiumOptions(program, dir string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.UserDataDir(filepath.Join(dir, "chromium")),
		chromedp.Env("TMPDIR="+dir),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "vi-VN"),
		chromedp.Flag("accept-lang", "vi-VN,vi"),
	)
}

// quiet drops what the browser's driver says of events newer than itself.
func quiet(string, ...any) {}

// needBrowser skips a test where there is no browser.
func needBrowser(t *testing.T) {
	t.Helper()
	switch {
	case missing == "":
	case os.Getenv("KINHPHI_FOREIGN") == "1":
		t.Fatalf("KINHPHI_FOREIGN=1, but there is %s", missing)
	default:
		t.Skipf("SKIPPED, NOTHING CHECKED: %s", missing)
	}
}
