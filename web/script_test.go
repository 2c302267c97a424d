package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// vectors runs the script's pure functions over the vectors of package lang.
const vectors = `
import {readFileSync} from "node:fs";
import {parseAmount, words, group, completeDate} from "./app.mjs";
const read = (name) => JSON.parse(readFileSync(process.argv[2] + "/" + name, "utf8"));
let wrong = 0, count = 0;
const same = (what, got, want) => { count++; if (got !== want) { wrong++; console.log(what, "got", got, "want", want); } };
for (const v of read("words.json")) {
  same("words " + v.n, words(v.n, "vi", "đồng|đồng", ""), v.vi);
  same("words " + v.n, words(v.n, "en", "dong|dong", ""), v.en);
}
const names = {MXN: ["peso|peso", "xu|xu", "peso|pesos", "centavo|centavos"], USD: ["đô la Mỹ|đô la Mỹ", "xu|xu", "US dollar|US dollars", "cent|cents"]};
for (const v of read("words-currency.json")) {
  const n = names[v.currency];
  if (!n) continue;
  same("words " + v.n, words(v.n, "vi", n[0], n[1]), v.vi);
  same("words " + v.n, words(v.n, "en", n[2], n[3]), v.en);
}
for (const v of read("typed.json")) same("typed " + JSON.stringify(v), parseAmount(v.s, v.lang, v.scale), v.error ? null : v.value);
same("group", group("-1234567.5", "vi"), "(1.234.567,5)");
same("group", group("123", "en"), "123");
for (const [typed, want] of [["17", "17/12/2020"], ["17/3", "17/03/2020"], ["1-2-19", "01/02/2019"], ["29.2.2020", "29/02/2020"],
  ["31", "31/12/2020"], ["31/4", null], ["1/2-2020", null], ["13/13", null], ["x", null], ["1/1/40", null]]) same("date " + typed, completeDate(typed, "2020-12-05"), want);
if (count < 200) { wrong++; console.log("only", count, "vectors"); }
process.exit(wrong ? 1 : 0);
`

// The browser must read and spell amounts exactly as the server does.
func TestScriptAgreesWithTheServer(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED: node is not installed; the script's amounts and words were not compared with the server's")
	}
	dir := t.TempDir()
	script, err := staticFiles.ReadFile("static/app.js")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"app.mjs": string(script), "vectors.mjs": vectors} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	testdata, err := filepath.Abs("../ledger/lang/testdata")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(node, filepath.Join(dir, "vectors.mjs"), testdata).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
