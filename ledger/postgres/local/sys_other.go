//go:build unix && !linux

package local

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// selfPath is the file of the running program.
var selfPath, _ = os.Executable() // an empty path makes the start fail, and says so

// memoryDir would be a file system in memory; there is none.
const memoryDir = ""

// commandLine returns the words of a process's command line, as ps shows them.
func commandLine(pid int) []string {
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// childAttributes are those of a child process. No signal comes at the parent's
// death: only Linux has one.
func childAttributes(a account, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true}
}

func freeBytes(string) uint64 { return 0 }
