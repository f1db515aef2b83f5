// Package markdown renders the small Markdown that members write: paragraphs,
// emphasis, lists, quotes, code and links. No headings, images, tables or HTML.
package markdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	ghtml "github.com/yuin/goldmark/renderer/html"
)

// Version grows whenever the same text would be rendered differently, so that
// what was rendered before is rendered anew.
const Version = 2

// Blocks of goldmark that we want; headings and raw HTML are left out, so they
// stay the text that somebody typed.
var engine = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(mentions{}, 600),
			util.Prioritized(extension.NewLinkifyParser(extension.WithLinkifyURLRegexp(regexp.MustCompile(`^(?:https?://)[^\s<]*[^\s<.,;:!?'")\]]`))), 999),
		),
	)),
	goldmark.WithRendererOptions(ghtml.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(mentions{}, 600))),
)

// policy is the last word on what leaves here, whatever the engine made.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mention$`)).OnElements("span")
	p.AllowURLSchemes("https", "http", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoFollowOnLinks(true)
	return p
}

// deepest is how far quotes may stand in quotes; what is deeper moves up.
var deepest = regexp.MustCompile(`(?m)^((?:[ \t]*>){5})(?:[ \t]*>)+`)

// strict leaves no tag.
var strict = bluemonday.StrictPolicy()

var apart = strings.NewReplacer("<br>", " ", "<br/>", " ", "</p>", " ", "</li>", " ", "</pre>", " ")

// Text is the words of rendered HTML, in one line.
func Text(rendered string) string {
	return strings.Join(strings.Fields(html.UnescapeString(strict.Sanitize(apart.Replace(rendered)))), " ")
}

// HTML renders text to safe HTML. Text that cannot be rendered comes back escaped.
func HTML(text string) string {
	var out bytes.Buffer
	if err := engine.Convert(deepest.ReplaceAll([]byte(text), []byte("$1")), &out); err != nil {
		return "<p>" + html.EscapeString(text) + "</p>"
	}
	return strings.TrimSpace(string(policy.SanitizeBytes(out.Bytes())))
}
