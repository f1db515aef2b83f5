package main

import (
	"html"
	"slices"
	"strings"

	templ "github.com/a-h/templ/parser/v2"

	"github.com/sharon-nhs/sharon/internal/words"
)

// most is in how many ways a text may come together from what a template may leave
// out; where there are more, its parts are noted by themselves.
const most = 64

func (t texts) ofTemplate(path string) error {
	file, err := templ.Parse(path)
	if err != nil {
		return err
	}
	page := page{code{t, path}}
	for _, node := range file.Nodes {
		switch n := node.(type) {
		case *templ.HTMLTemplate:
			name, _, _ := strings.Cut(n.Expression.Value, "(")
			of := page
			of.path += "#" + name
			of.whole(n.Children)
		case *templ.TemplateFileGoExpression:
			page.piece(n.Expression.Value)
		}
	}
	return nil
}

// page is a template that is read.
type page struct{ code }

// whole reads what stands between two tags of its own.
func (p page) whole(nodes []templ.Node) { p.end(p.nodes(nodes, []string{""})) }

// end notes texts that a tag has ended, and begins the next.
func (p page) end(texts []string) []string {
	for _, text := range texts {
		p.texts.add(strings.TrimSpace(text), p.path)
	}
	return []string{""}
}

// nodes goes on with the texts that are open, each being a way in which the page may
// have come about.
func (p page) nodes(nodes []templ.Node, open []string) []string {
	for _, node := range nodes {
		switch n := node.(type) {
		case *templ.Text:
			open = joined(open, []string{html.UnescapeString(n.Value) + string(n.TrailingSpace)})
		case *templ.Whitespace:
			open = joined(open, []string{" "})
		case *templ.StringExpression:
			open = joined(open, p.says(n.Expression.Value), []string{string(n.TrailingSpace)})
		case *templ.IfExpression:
			ways := p.nodes(n.Then, slices.Clone(open))
			for _, other := range n.ElseIfs {
				ways = append(ways, p.nodes(other.Then, slices.Clone(open))...)
			}
			open = p.few(append(ways, p.nodes(n.Else, slices.Clone(open))...))
		case *templ.SwitchExpression:
			var ways []string
			for _, one := range n.Cases {
				ways = append(ways, p.nodes(one.Children, slices.Clone(open))...)
			}
			open = p.few(append(ways, open...))
		case *templ.ForExpression:
			open = p.end(open)
			p.whole(n.Children)
		case *templ.Element:
			open = p.end(open)
			p.attributes(n.Attributes)
			p.whole(n.Children)
		case *templ.TemplElementExpression:
			open = p.end(open)
			p.piece("var _ = " + n.Expression.Value)
			p.whole(n.Children)
		case *templ.CallTemplateExpression:
			open = p.end(open)
			p.piece("var _ = " + n.Expression.Value)
		case *templ.GoCode:
			p.piece("func _() {\n" + n.Expression.Value + "\n}")
		}
	}
	return open
}

// few drops what is there twice, and ends what has become too many.
func (p page) few(open []string) []string {
	slices.Sort(open)
	if open = slices.Compact(open); len(open) > most {
		return p.end(open)
	}
	return open
}

func (p page) attributes(all []templ.Attribute) {
	for _, attribute := range all {
		switch a := attribute.(type) {
		case *templ.ConstantAttribute:
			if words.Spoken(a.Key.String()) {
				p.texts.add(html.UnescapeString(a.Value), p.path)
			}
		case *templ.ExpressionAttribute:
			if words.Spoken(a.Key.String()) {
				p.end(p.says(a.Expression.Value))
			}
		case *templ.SpreadAttributes:
			p.says(a.Expression.Value)
		case *templ.ConditionalAttribute:
			p.attributes(a.Then)
			p.attributes(a.Else)
		}
	}
}

// joined is each beginning with each of its ends.
func joined(beginnings []string, ends ...[]string) []string {
	for _, some := range ends {
		var all []string
		for _, beginning := range beginnings {
			for _, end := range some {
				all = append(all, beginning+end)
			}
		}
		beginnings = all
	}
	return beginnings
}
