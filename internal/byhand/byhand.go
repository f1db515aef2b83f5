// Package byhand reads YAML files that people write, and says all that is wrong
// with one: the file, the line, the field and why.
package byhand

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Wrong is something that is wrong with a file.
type Wrong struct {
	File  string // its name; empty where there is only one
	Line  int
	Field string // "items/3/text", counted from 1
	Words string
}

func (w Wrong) String() string {
	at := "Line " + strconv.Itoa(w.Line)
	if w.File != "" {
		at = w.File + ", line " + strconv.Itoa(w.Line)
	}
	if w.Field != "" {
		at += ", " + w.Field
	}
	return at + ": " + w.Words
}

// File is one that was read, with what is wrong with it.
type File struct {
	Name  string
	Wrong []Wrong
	tree  yaml.Node
}

// Read reads a file into a value, which has a field for everything that the file
// may say. If something is wrong the value is not whole.
func Read(name string, text []byte, into any) *File {
	f := &File{Name: name}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var kinds *yaml.TypeError
	switch err := decoder.Decode(into); {
	case errors.Is(err, io.EOF):
		f.Wrong = []Wrong{{name, 1, "", "There is nothing in it."}}
		return f
	case errors.As(err, &kinds):
		for _, complaint := range kinds.Errors {
			f.unreadable(complaint)
		}
		return f
	case err != nil:
		f.unreadable(err.Error())
		return f
	}
	if err := yaml.Unmarshal(text, &f.tree); err != nil {
		f.unreadable(err.Error())
	}
	return f
}

var (
	atLine  = regexp.MustCompile(`line (\d+): (.*)`)
	unknown = regexp.MustCompile(`field (\S+) not found`)
)

// unreadable says what the reader of YAML says, in plain words.
func (f *File) unreadable(complaint string) {
	out := Wrong{f.Name, 1, "", "It is not a file of this kind."}
	if found := atLine.FindStringSubmatch(complaint); found != nil {
		out.Line, _ = strconv.Atoi(found[1])
		out.Words = "This cannot be read. Check the spaces at its beginning, the colon and the kind of value."
		if field := unknown.FindStringSubmatch(found[2]); field != nil {
			out.Words = "There is no field of the name " + field[1] + "."
		}
	}
	f.Wrong = append(f.Wrong, out)
}

// Say notes that something is wrong with a field: "items", "3", "text".
func (f *File) Say(words string, path ...string) {
	f.Wrong = append(f.Wrong, Wrong{f.Name, lineAt(&f.tree, path), strings.Join(path, "/"), words})
}

// Clean is the same file with nothing wrong.
func (f *File) Clean() *File { return &File{Name: f.Name, tree: f.tree} }

// Text notes words that are missing, or longer than so many characters.
func (f *File) Text(words string, most int, path ...string) {
	switch {
	case strings.TrimSpace(words) == "":
		f.Say("Write something here.", path...)
	case len([]rune(words)) > most:
		f.Say(fmt.Sprintf("This is longer than %d characters.", most), path...)
	}
}

// lineAt is the line of a path in a file, or of the last part of it that is there.
func lineAt(node *yaml.Node, path []string) int {
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	line := max(node.Line, 1)
	for _, name := range path {
		var next *yaml.Node
		if number, err := strconv.Atoi(name); err == nil && node.Kind == yaml.SequenceNode && number <= len(node.Content) {
			next = node.Content[number-1]
		}
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				line, next = node.Content[i].Line, node.Content[i+1]
			}
		}
		if next == nil {
			return line
		}
		node, line = next, next.Line
	}
	return line
}
