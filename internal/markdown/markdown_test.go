package markdown_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestWhatMembersMayWrite(t *testing.T) {
	const link = `rel="nofollow noreferrer"`
	for text, want := range map[string]string{
		"Hello":                  "<p>Hello</p>",
		"one\ntwo\n\nthree":      "<p>one<br>\ntwo</p>\n<p>three</p>",
		"*soft* **loud**":        "<p><em>soft</em> <strong>loud</strong></p>",
		"- a\n- b":               "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
		"3. a":                   "<ol start=\"3\">\n<li>a</li>\n</ol>",
		"> kind words":           "<blockquote>\n<p>kind words</p>\n</blockquote>",
		"`a < b`":                "<p><code>a &lt; b</code></p>",
		"https://nhs.uk/help.":   `<p><a href="https://nhs.uk/help" ` + link + `>https://nhs.uk/help</a>.</p>`,
		"[help](https://nhs.uk)": `<p><a href="https://nhs.uk" ` + link + `>help</a></p>`,
		"[ring](tel:116123)":     `<p><a href="tel:116123" ` + link + `>ring</a></p>`,
		"":                       "",
		// What looks like more stays the text that was typed.
		"# Monday":             "<p># Monday</p>",
		"Monday\n======":       "<p>Monday<br>\n======</p>",
		"I feel\n---\nflat":    "<p>I feel<br>\n---<br>\nflat</p>",
		"<b>bold</b>":          "<p>&lt;b&gt;bold&lt;/b&gt;</p>",
		"I <3 you & me":        "<p>I &lt;3 you &amp; me</p>",
		"| a | b |\n|---|---|": "<p>| a | b |<br>\n|---|---|</p>",
	} {
		if got := markdown.HTML(text); got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

var attacks = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//evil>", "<style>*{}</style>", "<a href=javascript:alert(1)>x</a>",
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)",
	"[x](vbscript:x)", "[x](file:///etc/passwd)", "<javascript:alert(1)>", "[x]( javascript:alert(1))", "[x](//evil.example)", "[x](\\\\evil)",
	"![alt](https://evil.example/pixel.gif)", "![x](x \"onerror=alert(1)\")", "[x](https://a.b \"onclick=alert(1)\")", "[x](https://a.b\" onclick=\"alert(1))",
	"```\"><script>alert(1)</script>\nx\n```", "```js onclick=alert(1)\nx\n```", "https://a.b/\"onmouseover=alert(1)", "https://a.b/<script>alert(1)</script>",
	"[a]: javascript:alert(1)\n\n[a]", "<!-- --><script>alert(1)</script>", "<![CDATA[<script>]]>", "*<img src=x onerror=alert(1)>*", "> <script>\n> alert(1)\n> </script>",
	"@hazel", "@<script>", "`<script>`", "&lt;script&gt;", "&#60;script&#62;", "[x](https://a.b){onclick=alert(1)}", "\x00<scr\x00ipt>", "<a\nhref=javascript:x>",
}

// allowed is every tag that may leave, attribute by attribute.
var allowed = regexp.MustCompile(`<(?:/?(?:p|strong|em|ul|ol|li|blockquote|code|pre)|br|span class="mention"|/span|ol start="\d+"|/a|a href="(?:https?:|mailto:|tel:)[^"<>]*" rel="nofollow noreferrer")>`)

func unsafe(html string) bool {
	return strings.ContainsAny(allowed.ReplaceAllString(html, ""), "<>") || !utf8.ValidString(html)
}

func TestNothingDangerousLeaves(t *testing.T) {
	for _, text := range attacks {
		if got := markdown.HTML(text); unsafe(got) {
			t.Errorf("%q became %s", text, got)
		}
	}
}

func TestNothingTakesLong(t *testing.T) {
	const size = 10_000 // as long as a post can be
	for _, piece := range []string{">", "> ", "[", "](", "*", "**a", "_a", "`", "- ", "1. ", "![", "<", "&", "https://", "[a](", "\\", "*a **b ", "a\n> b\n- c\n"} {
		text := strings.Repeat(piece, size/len(piece))
		got := ""
		if took := testkit.Work(func() { got = markdown.HTML(text) }); took > 5*time.Second {
			t.Errorf("%d times %q took %v", size/len(piece), piece, took)
		}
		if unsafe(got) {
			t.Errorf("many %q are not safe", piece)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, text := range attacks {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := markdown.HTML(text); utf8.ValidString(text) && unsafe(got) {
			t.Errorf("%q became %s", text, got)
		}
	})
}

func TestTextIsTheWordsWithoutTheSigns(t *testing.T) {
	for text, want := range map[string]string{
		"one *two*, **three**\n\nfour": "one two, three four",
		"- a\n- b":                     "a b",
		"a\nb <i>c</i> & d":            "a b <i>c</i> & d",
		"[here](https://x.example)":    "here",
	} {
		if got := markdown.Text(markdown.HTML(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
