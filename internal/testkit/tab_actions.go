package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Click clicks in the middle of the first such element that can be seen, once
// nothing covers it.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	at := tab.find("click", selector)
	before := tab.requests()
	tab.do("click "+selector, func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.MouseClickXY(at.X, at.Y)(ctx, target)
		return err
	})
	tab.settle(before, at.Sends)
}

// OpenDetails clicks a summary, unless its details are open already.
func (tab *Tab) OpenDetails(summary string) {
	tab.t.Helper()
	tab.find("open", summary)
	open, err := evaluate[bool](tab, on(summary, `(e => e.closest('details').open)`))
	if err != nil {
		tab.fatal("open %s: %v", summary, err)
	}
	if !open {
		tab.Click(summary)
	}
}

// Fill replaces what a field holds; in a select it chooses the option with this
// value or text.
func (tab *Tab) Fill(selector, value string) {
	tab.t.Helper()
	at := tab.find("fill", selector)
	before := tab.requests()
	if at.Typed {
		tab.must("fill "+selector, `(e => { e.focus(); e.select ? e.select() : getSelection().selectAllChildren(e) })`, selector)
		tab.do("fill "+selector, func(ctx context.Context, target *chromedp.Target) error {
			if value == "" {
				_, err := chromedp.KeyEvent(kb.Delete)(ctx, target)
				return err
			}
			return call(ctx, target, input.InsertText, input.InsertTextParams{Text: value})
		})
	} else {
		set := `(e => {
			const v = ` + quote(value) + `;
			if (e.tagName === 'SELECT') {
				const o = [...e.options].find(o => o.value === v) ?? [...e.options].find(o => o.text.trim() === v);
				if (!o) throw new Error('it has no option ' + v);
				o.selected = true;
			} else e.value = v;
			e.dispatchEvent(new Event('input', {bubbles: true}));
			e.dispatchEvent(new Event('change', {bubbles: true}));
		})`
		tab.must("fill "+selector, set, selector)
	}
	tab.settle(before, false)
}

// Upload chooses files in a file field, which may be hidden behind its label.
func (tab *Tab) Upload(selector string, paths ...string) {
	tab.t.Helper()
	tab.act("upload into "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), paths))
}

// Type types into whatever has the focus, key by key.
func (tab *Tab) Type(text string) {
	tab.t.Helper()
	tab.act("type", chromedp.KeyEvent(text))
}

// offline is how requests fail after Offline; that is no problem of the page's.
const offline = "net::ERR_INTERNET_DISCONNECTED"

// Offline cuts the tab off from the network, or connects it again.
func (tab *Tab) Offline(off bool) {
	tab.t.Helper()
	tab.do("cut or mend the network", func(ctx context.Context, target *chromedp.Target) error {
		return call(ctx, target, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
		})
	})
}

// Press presses a key by its name, such as Tab, Enter, Escape, Space, ArrowDown
// or Home, with modifiers before it: Shift+Tab, Control+Enter.
func (tab *Tab) Press(key string) {
	tab.t.Helper()
	var modifiers []chromedp.Modifier
	parts := strings.Split(key, "+")
	for _, m := range parts[:len(parts)-1] {
		modifier, ok := map[string]chromedp.Modifier{
			"Shift": chromedp.ModifierShift, "Control": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
		}[m]
		if !ok {
			tab.t.Fatalf("testkit: no modifier is called %q", m)
		}
		modifiers = append(modifiers, modifier)
	}
	name := parts[len(parts)-1]
	keys, ok := map[string]string{
		"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
		"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
	}[name]
	if !ok {
		if len([]rune(name)) != 1 {
			tab.t.Fatalf("testkit: no key is called %q", name)
		}
		keys = name
	}
	tab.act("press "+key, chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// Text waits for the first such element and returns what it says, without the
// space around it.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	var text string
	tab.wait("read "+selector, func() (bool, error) {
		got, err := evaluate[*string](tab, on(selector, `(e => e.innerText.trim())`))
		if err != nil || got == nil {
			return false, err
		}
		text = *got
		return true, nil
	})
	return text
}

// Texts returns what each such element says now.
func (tab *Tab) Texts(selector string) []string {
	tab.t.Helper()
	texts, err := evaluate[[]string](tab, `(`+pick+`)(`+quote(selector)+`).map(e => e.innerText.trim())`)
	if err != nil {
		tab.fatal("read all %s: %v", selector, err)
	}
	return texts
}

// Value returns what a field holds.
func (tab *Tab) Value(selector string) string {
	tab.t.Helper()
	tab.find("read", selector)
	value, err := evaluate[string](tab, on(selector, `(e => String(e.type === 'checkbox' || e.type === 'radio' ? e.checked : e.value))`))
	if err != nil {
		tab.fatal("read %s: %v", selector, err)
	}
	return value
}

// WaitText waits until such an element says want, among other things.
func (tab *Tab) WaitText(selector, want string) {
	tab.t.Helper()
	tab.wait(fmt.Sprintf("find %q in %s", want, selector), func() (bool, error) {
		return evaluate[bool](tab, `(`+pick+`)(`+quote(selector)+`).some(e => e.innerText.includes(`+quote(want)+`))`)
	})
}

// WaitGone waits until no such element can be seen.
func (tab *Tab) WaitGone(selector string) {
	tab.t.Helper()
	tab.wait("see the last of "+selector, func() (bool, error) {
		there, err := tab.visible(selector)
		return !there, err
	})
}

// Has says whether such an element can be seen now.
func (tab *Tab) Has(selector string) bool {
	tab.t.Helper()
	there, err := tab.visible(selector)
	if err != nil {
		tab.fatal("look for %s: %v", selector, err)
	}
	return there
}

// Count returns how many such elements there are now, seen or not.
func (tab *Tab) Count(selector string) int {
	tab.t.Helper()
	n, err := evaluate[int](tab, `(`+pick+`)(`+quote(selector)+`).length`)
	if err != nil {
		tab.fatal("count %s: %v", selector, err)
	}
	return n
}

// do runs a step and fails the test if it fails.
func (tab *Tab) do(what string, step func(context.Context, *chromedp.Target) error) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Func(step)); err != nil {
		tab.fatal("%s: %v", what, err)
	}
}

// act runs one of chromedp's actions and lets the page settle.
func (tab *Tab) act(what string, action chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	before := tab.requests()
	tab.do(what, func(ctx context.Context, target *chromedp.Target) error {
		_, err := action(ctx, target)
		return err
	})
	tab.settle(before, false)
}

// wait looks again until seen says yes.
func (tab *Tab) wait(what string, seen func() (bool, error)) {
	tab.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		// An error may only mean that the page is just being replaced.
		ok, err := seen()
		if ok && err == nil {
			return
		}
		if time.Now().After(deadline) {
			if err == nil {
				err = errors.New("not in time")
			}
			tab.fatal("%s: %v", what, err)
		}
		select {
		case <-tab.ctx.Done():
			tab.fatal("%s: %v", what, tab.ctx.Err())
		case <-time.After(poll):
		}
	}
}

// place is where an element is and what it does.
type place struct {
	X, Y  float64
	Wrong string // why it cannot be used yet
	Sends bool   // a click on it makes a request
	Typed bool   // one types into it
}

// pick is a function that returns the elements of a selector.
const pick = `sel => {
	if (!sel.startsWith('text=')) return [...document.querySelectorAll(sel)];
	const want = sel.slice(5).trim(), says = e => (e.innerText || e.value || '').trim().replace(/\s+/g, ' ');
	return [...document.querySelectorAll('a, button, summary, label, input[type=submit], [role=button], [role=tab], [role=menuitem]')]
		.filter(e => says(e) === want || e.getAttribute('aria-label') === want);
}`

// shown is a function that says whether an element can be seen.
const shown = `e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && e.checkVisibility({visibilityProperty: true}) }`

const locate = `(sel => {
	const all = (` + pick + `)(sel);
	if (!all.length) return {Wrong: 'there is none'};
	const e = all.find(` + shown + `);
	if (!e) return {Wrong: 'it cannot be seen'};
	if (e.disabled) return {Wrong: 'it is disabled'};
	e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
	const r = e.getClientRects()[0], X = r.x + r.width / 2, Y = r.y + r.height / 2;
	const hit = document.elementFromPoint(X, Y);
	const ours = hit && (e.contains(hit) || hit.contains(e) || hit.closest('label')?.control === e);
	if (!ours) return {Wrong: 'it is covered by ' + (hit ? hit.outerHTML.slice(0, 200) : 'the edge of the window')};
	const to = e.closest('a[href], button, input[type=submit]');
	const link = to?.tagName === 'A' && to.target !== '_blank' && to.href.split('#')[0] !== location.href.split('#')[0];
	const submit = to?.type === 'submit' && to.form && (to.form.noValidate || to.formNoValidate || to.form.checkValidity());
	const typed = e.isContentEditable || e.tagName === 'TEXTAREA' ||
		e.tagName === 'INPUT' && ['text', 'search', 'email', 'password', 'tel', 'url', 'number'].includes(e.type);
	return {X, Y, Wrong: '', Sends: Boolean(link || submit), Typed: typed};
})`

// find waits until the first such element can be used.
func (tab *Tab) find(what, selector string) place {
	tab.t.Helper()
	var at place
	deadline := time.Now().Add(patience)
	for {
		var err error
		at, err = evaluate[place](tab, locate+`(`+quote(selector)+`)`)
		if err == nil && at.Wrong == "" {
			return at
		}
		if time.Now().After(deadline) {
			if err != nil {
				at.Wrong = err.Error()
			}
			tab.fatal("%s %s: %s", what, selector, at.Wrong)
		}
		select {
		case <-tab.ctx.Done():
			tab.fatal("%s %s: %v", what, selector, tab.ctx.Err())
		case <-time.After(poll):
		}
	}
}

// must calls a JavaScript function with the first such element.
func (tab *Tab) must(what, function, selector string) {
	tab.t.Helper()
	if _, err := evaluate[chromedp.Void](tab, on(selector, function)); err != nil {
		tab.fatal("%s: %v", what, err)
	}
}

func (tab *Tab) visible(selector string) (bool, error) {
	return evaluate[bool](tab, `(`+pick+`)(`+quote(selector)+`).some(`+shown+`)`)
}

// on is an expression that calls a function with the first element of a
// selector, preferring one that can be seen; null if there is none.
func on(selector, function string) string {
	return `(all => { const e = all.find(` + shown + `) ?? all[0]; return e ? ` + function + `(e) : null })((` + pick + `)(` + quote(selector) + `))`
}

// quote writes a string as a JavaScript literal.
func quote(s string) string {
	b, _ := json.Marshal(s) // A string always has one.
	return string(b)
}
