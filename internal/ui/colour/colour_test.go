package colour_test

import (
	"math"
	"testing"

	"github.com/sharon-nhs/sharon/internal/ui/colour"
)

func must(t *testing.T, s string) colour.RGB {
	t.Helper()
	c, err := colour.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{"7c2855": "#7c2855", "#7C2855": "#7c2855", "000000": "#000000", "#ffffff": "#ffffff"} {
		if got := must(t, in).String(); got != want {
			t.Errorf("Parse(%q) = %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{"", "#", "fff", "#fff", "7c28555", "7c285g", "red", "+12345", "-12345", "0x1234", "1_2345", "##7c285", "7c2855;", " 7c285", "７c2855"} {
		if c, err := colour.Parse(in); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", in, c)
		}
	}
}

// The figures are those of the WCAG's own examples and of common checkers.
func TestContrast(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want float64
	}{
		{"000000", "ffffff", 21},
		{"ffffff", "ffffff", 1},
		{"777777", "ffffff", 4.48},
		{"767676", "ffffff", 4.54},
		{"005eb8", "ffffff", 6.38},
		{"ff0000", "ffffff", 4.00},
	} {
		a, b := must(t, tc.a), must(t, tc.b)
		if got := colour.Contrast(a, b); math.Abs(got-tc.want) > 0.01 {
			t.Errorf("Contrast(%s, %s) = %.3f, want %.2f", a, b, got, tc.want)
		}
		if colour.Contrast(a, b) != colour.Contrast(b, a) {
			t.Errorf("Contrast(%s, %s) depends on the order", a, b)
		}
	}
}

func TestMix(t *testing.T) {
	for _, tc := range []struct {
		share float64
		want  string
	}{{0, "#000000"}, {0.5, "#808080"}, {1, "#ffffff"}, {-1, "#000000"}, {2, "#ffffff"}} {
		if got := colour.Mix(colour.Black, colour.White, tc.share).String(); got != tc.want {
			t.Errorf("Mix(%v) = %s, want %s", tc.share, got, tc.want)
		}
	}
}

func TestReadableOnWhite(t *testing.T) {
	for in, want := range map[string]bool{"7c2855": true, "005eb8": true, "767676": true, "777777": false, "ffeb3b": false, "ffffff": false} {
		if got := must(t, in).ReadableOnWhite(); got != want {
			t.Errorf("%s ReadableOnWhite = %v, want %v", in, got, want)
		}
	}
}

func TestLighterAndDarker(t *testing.T) {
	card, page := must(t, "1b252c"), must(t, "f0f4f5")
	for _, in := range []string{"7c2855", "005eb8", "000000", "ffffff", "007f3b", "330072", "ffeb3b", "ff0000", "00ff00", "0000ff", "808080", "00a499"} {
		c := must(t, in)
		if got := c.Lighter(colour.AA, card); colour.Contrast(got, card) < colour.AA {
			t.Errorf("%s lightened to %s: %.2f on %s", c, got, colour.Contrast(got, card), card)
		}
		if got := c.Darker(colour.AA, page, colour.White); colour.Contrast(got, page) < colour.AA || colour.Contrast(got, colour.White) < colour.AA {
			t.Errorf("%s darkened to %s cannot be read on white and %s", c, got, page)
		}
	}
	if c := must(t, "7c2855"); c.Darker(colour.AA, colour.White) != c {
		t.Error("a colour that can be read already was changed")
	}
	if got := must(t, "cc0000").Lighter(colour.AA, card); got.R <= got.G || got.G != got.B {
		t.Errorf("red lightened to %s: the hue was lost", got)
	}
}
