package videos

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A cue is words that are shown from one time to another, in milliseconds.
type cue struct {
	from, to int
	words    []string // lines, plain
}

// mostCues are those of one video.
const mostCues = 2000

var (
	times  = regexp.MustCompile(`^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]?\d{0,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]?\d{0,3})(?:\s.*)?$`)
	moment = regexp.MustCompile(`^(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?$`)
	tag    = regexp.MustCompile(`</?[a-zA-Z0-9:.][^>]*>`)
)

// parseCues reads WebVTT, or what is near to it. Notes, styles, positions and
// marks in the words are left out. The error is a sentence that names the line. NUL becomes U+FFFD, as WebVTT says (4.1).
func parseCues(text string) ([]cue, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("The captions are not saved as UTF-8 text.") //nolint:staticcheck // a sentence for people
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "", "\x00", "\ufffd").Replace(text), "\n")
	var all []cue
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if !strings.Contains(line, "-->") {
			if stray(lines, i) {
				return nil, fmt.Errorf("Line %d: words need a line with times above them, such as 0:01.0 --> 0:04.5.", i+1) //nolint:staticcheck // a sentence for people
			}
			if aside(line) { // up to the next blank line
				for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
					i++
				}
			}
			continue
		}
		found := times.FindStringSubmatch(line)
		if found == nil {
			return nil, fmt.Errorf("Line %d: write the times like 0:01.0 --> 0:04.5.", i+1) //nolint:staticcheck // a sentence for people
		}
		at := i
		c := cue{from: millis(found[1]), to: millis(found[2])}
		for i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" && !strings.Contains(lines[i+1], "-->") {
			i++
			if words := plainWords(lines[i]); words != "" {
				c.words = append(c.words, words)
			}
		}
		switch {
		case c.to <= c.from:
			return nil, fmt.Errorf("Line %d: a caption must end after it begins.", at+1) //nolint:staticcheck // a sentence for people
		case len(all) > 0 && c.from < all[len(all)-1].from:
			return nil, fmt.Errorf("Line %d: this caption begins before the one above it.", at+1) //nolint:staticcheck // a sentence for people
		case len(all) >= mostCues:
			return nil, fmt.Errorf("Line %d: these are more than %d captions.", at+1, mostCues) //nolint:staticcheck // a sentence for people
		case len(c.words) > 0:
			all = append(all, c)
		}
	}
	return all, nil
}

// aside tells whether a block is nothing that is shown.
func aside(line string) bool {
	for _, word := range []string{"WEBVTT", "NOTE", "STYLE", "REGION"} {
		if line == word || strings.HasPrefix(line, word+" ") || strings.HasPrefix(line, word+"\t") {
			return true
		}
	}
	return false
}

// stray tells whether a line is words without times: what is no caption's name
// or number, which stand right above its times.
func stray(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	named := i+1 < len(lines) && strings.Contains(lines[i+1], "-->")
	return line != "" && !aside(line) && !named
}

func plainWords(line string) string {
	words := html.UnescapeString(tag.ReplaceAllString(line, ""))
	return strings.Join(strings.Fields(words), " ")
}

func millis(text string) int {
	found := moment.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	n := func(i int) int { value, _ := strconv.Atoi(found[i]); return min(value, 1<<20) } // digits, or nothing
	part, _ := strconv.Atoi((found[4] + "000")[:3])
	return ((n(1)*60+n(2))*60+n(3))*1000 + part
}

// writeCues is WebVTT; nothing for no cues.
func writeCues(all []cue) string {
	if len(all) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("WEBVTT\n")
	for _, c := range all {
		fmt.Fprintf(&out, "\n%s --> %s\n", stamp(c.from), stamp(c.to))
		for _, line := range c.words {
			out.WriteString(escaped.Replace(line) + "\n")
		}
	}
	return out.String()
}

var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func stamp(ms int) string {
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// lastCue is when the last caption ends, in milliseconds.
func lastCue(captions string) int {
	cues, err := parseCues(captions)
	last := 0
	if err == nil {
		for _, c := range cues {
			last = max(last, c.to)
		}
	}
	return last
}
