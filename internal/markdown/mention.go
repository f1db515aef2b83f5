package markdown

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What stands around somebody's name in rendered HTML; whether there is such a
// person, and a link to them, is for the page to say.
const (
	MentionOpens  = `<span class="mention">@`
	MentionCloses = `</span>`
)

// mention is @somebody, where it is not part of an address or of another word.
type mention struct {
	ast.BaseInline
	name []byte
}

var (
	kindMention = ast.NewNodeKind("Mention")
	atName      = regexp.MustCompile(`^@([A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)`)
	before      = regexp.MustCompile(`[\pL\pN_@/.-]`)
)

func (n *mention) Kind() ast.NodeKind            { return kindMention }
func (n *mention) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// mentions parses and renders them.
type mentions struct{}

func (mentions) Trigger() []byte { return []byte{'@'} }

func (mentions) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if pc.IsInLinkLabel() || before.MatchString(string(block.PrecendingCharacter())) {
		return nil
	}
	line, _ := block.PeekLine()
	found := atName.FindSubmatch(line)
	if found == nil {
		return nil
	}
	block.Advance(len(found[0]))
	return &mention{name: found[1]}
}

func (mentions) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMention, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(MentionOpens)
			_, _ = w.Write(n.(*mention).name)
			_, _ = w.WriteString(MentionCloses)
		}
		return ast.WalkContinue, nil
	})
}

// Mentions are the names that a text mentions, as they were written.
func Mentions(words string) (names []string) {
	source := deepest.ReplaceAll([]byte(words), []byte("$1"))
	_ = ast.Walk(engine.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if found, ok := n.(*mention); ok && entering {
			names = append(names, string(found.name))
		}
		return ast.WalkContinue, nil
	})
	return names
}
