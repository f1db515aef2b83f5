// Command summary reads what go test -json prints, shows it as go test would
// have (a failed test with all that it said, a good package in one line), and
// ends with the line "N passed, N failed". Lines that are not JSON, such as
// those of make, pass through.
//
// With -also N it counts N failures from elsewhere. It exits 1 if anything
// failed or nothing ran.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of a build's output
	FailedBuild                   string
}

func main() {
	also := flag.Int("also", 0, "failures from elsewhere")
	flag.Parse()
	s := summary{out: os.Stdout, failed: *also, said: map[string][]string{}, broken: map[string]int{}}
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
	fmt.Printf("\n%d passed, %d failed\n", s.passed, s.failed)
	if s.failed > 0 || s.passed == 0 {
		os.Exit(1)
	}
}

type summary struct {
	out            io.Writer
	passed, failed int
	said           map[string][]string // what a test that has not ended yet, or a package, has said
	broken         map[string]int      // failed tests of a package
}

func (s *summary) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			s.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) line(line string) {
	var e event
	if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
		_, _ = fmt.Fprint(s.out, line)
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		_, _ = fmt.Fprint(s.out, e.Output)
	case "output":
		// The lines that only say where a verbose run is at.
		if text := strings.TrimSpace(e.Output); strings.HasPrefix(text, "=== ") || text == "PASS" {
			return
		}
		s.said[key] = append(s.said[key], e.Output)
	case "pass", "skip", "fail":
		s.ended(e, key)
	}
}

func (s *summary) ended(e event, key string) {
	said := s.said[key]
	delete(s.said, key)
	switch {
	case e.Test == "":
		// A package that fails without a failed test did not build, panicked or ran out of time.
		if e.Action == "fail" && s.broken[e.Package] == 0 {
			s.failed++
			s.unfinished(e.Package)
		}
		s.show(said)
	case e.Action == "fail":
		s.failed++
		s.broken[e.Package]++
		s.show(said)
	case e.Action == "skip":
		s.show(said) // Nothing here should skip: let it be seen.
	default:
		s.passed++
	}
}

// unfinished shows what tests that never ended had said.
func (s *summary) unfinished(pkg string) {
	for key, said := range s.said {
		if strings.HasPrefix(key, pkg+" ") {
			s.show(said)
			delete(s.said, key)
		}
	}
}

func (s *summary) show(said []string) {
	for _, text := range said {
		if strings.HasSuffix(strings.TrimSpace(text), "[no test files]") {
			continue
		}
		_, _ = fmt.Fprint(s.out, text)
	}
}
