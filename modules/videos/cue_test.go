package videos

import (
	"strings"
	"testing"
)

func TestCaptionsAreReadGenerouslyAndWrittenStrictly(t *testing.T) {
	const hello = "WEBVTT\n\n00:00:01.000 --> 00:00:04.500\nHello there\n"
	for name, given := range map[string]string{
		"as we write it":       hello,
		"without its head":     "0:01 --> 0:04.5\nHello there",
		"as SubRip":            "1\r\n00:00:01,000 --> 00:00:04,500\r\nHello there\r\n",
		"with all the rest":    "\ufeffWEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE nobody\nsees this\n\nintro\n00:01.000 --> 00:04.500 align:start line:0\n<v Hazel><b>Hello</b>  there</v>\n\n",
		"old Mac's line ends":  "WEBVTT\r\r0:01.0 --> 0:04.5\rHello there",
		"and one without word": hello + "\n0:05 --> 0:06\n\n",
	} {
		cues, err := parseCues(given)
		if got := writeCues(cues); err != nil || got != hello {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}

func TestWhatIsWrongWithCaptionsIsSaidByLine(t *testing.T) {
	for given, says := range map[string]string{
		"Hello":                                "Line 1: words need",
		"WEBVTT\n\nHello\nthere\n":             "Line 3: words need",
		"0:05 --> 0:04\nHello":                 "Line 1: a caption must end",
		"0:05 --> 0:06\nA\n\n0:01 --> 0:02\nB": "Line 4: this caption begins before",
		"soon --> later\nHello":                "Line 1: write the times",
		"0:0x --> 0:04\nHello":                 "Line 1: write the times",
		"\xff\xfe0:01":                         "UTF-8",
		strings.Repeat("0:01 --> 0:02\nA\n\n", mostCues+1): "more than 2000",
	} {
		if _, err := parseCues(given); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v", given, err)
		}
	}
}

func FuzzCaptions(f *testing.F) {
	for _, seed := range []string{"WEBVTT\n\n0:01 --> 0:02\n<i>a &amp; b</i>\n", "1\n00:00:01,000 --> 99:00:04,5\nx", "NOTE\n-->", "0:01-->0:02\n&lt;script>-->"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cues, err := parseCues(text)
		if err != nil {
			return
		}
		once := writeCues(cues)
		again, err := parseCues(once)
		if err != nil || writeCues(again) != once {
			t.Errorf("%q is written as %q and read again as %q, %v", text, once, writeCues(again), err)
		}
		if strings.ContainsAny(strings.ReplaceAll(once, "-->", ""), "<>\x00") {
			t.Errorf("%q keeps marks: %q", text, once)
		}
	})
}
