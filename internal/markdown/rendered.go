package markdown

// Rendered is the HTML of a text, kept beside it in its table so that a page of many
// need not make it.
type Rendered struct {
	BodyHTML   string `bun:"body_html" json:"-"`
	RenderedBy int    `bun:"rendered_by" json:"-"`
}

// Render makes the HTML of a text, to be kept.
func Render(text string) Rendered { return Rendered{BodyHTML: HTML(text), RenderedBy: Version} }

// HTMLOf is the HTML of the text, safe: what is kept, or where an older renderer made
// that, made anew.
func (r Rendered) HTMLOf(text string) string {
	if r.RenderedBy == Version {
		return r.BodyHTML
	}
	return HTML(text)
}
