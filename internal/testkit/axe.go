package testkit

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axeSource string

// Violation is a rule of accessibility that a page breaks, as axe-core found it.
type Violation struct {
	ID      string
	Impact  string
	Help    string
	HelpURL string
	Nodes   []ViolationNode
}

// ViolationNode is an element that breaks the rule.
type ViolationNode struct {
	HTML           string
	Target         []any // selectors, nested where there are frames
	FailureSummary string
}

// String tells the rule, and of each element what it is and what to do.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n  %s", v.ID, v.Impact, v.Help, v.HelpURL)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n    at %v\n    %s", n.HTML, n.Target, strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
	}
	return b.String()
}

// Axe returns where the page, as it is now, breaks a rule of WCAG 2.0, 2.1 or
// 2.2 at A and AA, or good practice.
func (tab *Tab) Axe() []Violation {
	tab.t.Helper()
	return tab.axe(`{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`)
}

// Contrast returns where the page, as it is now, breaks a rule about colours. It takes
// a fraction of what Axe does, for a page that was looked at in other colours before.
func (tab *Tab) Contrast() []Violation {
	tab.t.Helper()
	return tab.axe(`{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`)
}

func (tab *Tab) axe(only string) []Violation {
	tab.t.Helper()
	if tab.noScript {
		// axe itself needs JavaScript; the page's own scripts have had their chance and do not run now.
		tab.scripts(true)
		defer tab.scripts(false)
	}
	// Runtime.evaluate is not subject to the page's content security policy.
	if _, err := evaluate[chromedp.Void](tab, "if (!window.axe) {"+axeSource+"\n}"); err != nil {
		tab.fatal("load axe: %v", err)
	}
	run := `axe.run(document, {
		resultTypes: ['violations'],
		runOnly: ` + only + `,
	}).then(r => r.violations.map(v => ({
		ID: v.id, Impact: v.impact ?? '', Help: v.help, HelpURL: v.helpUrl,
		Nodes: v.nodes.map(n => ({HTML: n.html.slice(0, 500), Target: n.target, FailureSummary: n.failureSummary ?? ''})),
	})))`
	violations, err := evaluate[[]Violation](tab, run, chromedp.EvalAwaitPromise)
	if err != nil {
		tab.fatal("run axe: %v", err)
	}
	return violations
}

func (tab *Tab) scripts(on bool) {
	tab.t.Helper()
	tab.do("switch JavaScript", func(ctx context.Context, target *chromedp.Target) error {
		return call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
	})
}
