# Reads the events of `go test -json`, one or several runs. Prints, with show=all,
# the result of each package and all that a failed test said; at the end each skipped
# test with its reason, and the counts. Of a test that ran in several runs the worst
# result counts, but a skip only when no run did more.

function field(name,    at, rest) {
	at = index($0, "\"" name "\":\"")
	if (!at) return ""
	rest = substr($0, at + length(name) + 4)
	return substr(rest, 1, index(rest, "\"") - 1)
}

# output is the last field of its event, and the only one with escapes.
function output(    at, s) {
	at = index($0, "\"Output\":\"")
	if (!at) return ""
	s = substr($0, at + 10)
	sub(/"[^"]*$/, "", s)
	gsub(/\\\\/, "\001", s)
	gsub(/\\n/, "\n", s)
	gsub(/\\r/, "", s)
	gsub(/\\t/, "\t", s)
	gsub(/\\"/, "\"", s)
	gsub(/\\u003c/, "<", s)
	gsub(/\\u003e/, ">", s)
	gsub(/\\u0026/, "\\&", s)
	gsub(/\001/, "\\", s)
	return s
}

function noise(s) { return s ~ /^ *(=== (RUN|PAUSE|CONT|NAME|ATTR)|--- )/ }

# remember keeps the last thing that a test said, which is why it was skipped.
function remember(text) {
	gsub(/^ +|\n$/, "", text)
	if (text ~ /^[^ ]+\.go:[0-9]+: /) reason[name] = text
	else if (text != "") reason[name] = reason[name] " " text
}

function say(s) { if (show == "all") printf "%s", s }

!/^\{/ { say($0 "\n"); next }

{
	action = field("Action")
	name = field("Package") "." field("Test")
	alone = field("Test") == ""
}

action == "output" {
	text = output()
	if (alone && text ~ /^(ok|FAIL|---|\?) *\t/) {
		say(text)
		next
	}
	said[name] = said[name] text
	if (!alone && !noise(text)) remember(text)
}

action == "build-output" { say(output()) }

action == "pass" && !alone { if (result[name] != "fail") result[name] = "pass" }

action == "skip" && !alone { if (!(name in result)) result[name] = "skip" }

action == "fail" && !alone {
	result[name] = "fail"
	failing[field("Package")]++
	say(said[name])
}

# A package can fail without a failed test: it does not build, or it ended early.
action == "fail" && alone && !failing[field("Package")] {
	result[name "(the package)"] = "fail"
	say(said[name])
}

action == "pass" || action == "fail" || action == "skip" { delete said[name] }

END {
	for (name in result) {
		count[result[name]]++
		if (result[name] == "skip") print "skipped " name ": " (reason[name] == "" ? "(it does not say why)" : reason[name]) | "sort"
		if (result[name] == "fail") print "FAILED  " name | "sort"
	}
	close("sort")
	printf "%d passed, %d failed, %d skipped\n", count["pass"], count["fail"], count["skip"]
}
