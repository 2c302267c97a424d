// Package e2e drives the pages in a real browser: the binary as people start it, with
// the sample programme, and Chromium without a window. It is a module of its own so
// that the product does not depend on what only these tests need.
//
//	go test ./...                    all tests
//	go test -run Shots -shots DIR    pictures of the main pages into DIR
//
// Without Chromium every test is skipped and says so, unless KINHPHI_FOREIGN=1 says
// that it is there. axe-core in testdata is under the Mozilla Public License 2.0; it
// is only read by these tests.
package e2e
