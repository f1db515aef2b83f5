package emblem_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"testing"

	"github.com/sharon-nhs/sharon/internal/ui/colour"
	"github.com/sharon-nhs/sharon/internal/ui/emblem"
)

func TestEachFormIsWhatItSays(t *testing.T) {
	for _, e := range emblem.All {
		body, err := e.In("7c2855")
		if err != nil {
			t.Fatal(err)
		}
		if e.Size == 0 {
			if err := wellFormed(body); err != nil || !bytes.Contains(body, []byte("#7c2855")) {
				t.Errorf("%s: %v %s", e.Name, err, body)
			}
			continue
		}
		picture, err := png.Decode(bytes.NewReader(body))
		if err != nil || picture.Bounds().Dx() != e.Size || picture.Bounds().Dy() != e.Size {
			t.Fatalf("%s: %v %v", e.Name, err, picture.Bounds())
		}
		if len(body) > 20<<10 {
			t.Errorf("%s has %d bytes", e.Name, len(body))
		}
		_, _, _, corner := picture.At(0, 0).RGBA()
		if full := e.Purpose != "any"; full != (corner == 0xffff) {
			t.Errorf("%s: a corner of %x", e.Name, corner)
		}
		r, g, b, _ := picture.At(e.Size/2, e.Size/20).RGBA()
		if r>>8 != 0x7c || g>>8 != 0x28 || b>>8 != 0x55 {
			t.Errorf("%s: ground %x %x %x", e.Name, r>>8, g>>8, b>>8)
		}
		// The shape is white, and inside the middle four fifths, which no mask cuts.
		if r, _, _, _ := picture.At(e.Size/2, e.Size*2/5).RGBA(); r != 0xffff {
			t.Errorf("%s has no shape", e.Name)
		}
		for x := range e.Size / 10 {
			if r, _, _, _ := picture.At(x, e.Size*3/5).RGBA(); r == 0xffff {
				t.Errorf("%s: the shape reaches %d", e.Name, x)
			}
		}
	}
}

func wellFormed(body []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestAPaleColourIsDarkenedAndAWrongOneRefused(t *testing.T) {
	e, ok := emblem.Named("icon.svg")
	if !ok {
		t.Fatal("no icon.svg")
	}
	body, err := e.In("ffeb3b")
	if err != nil || bytes.Contains(body, []byte("#ffeb3b")) {
		t.Errorf("%v %s", err, body)
	}
	for _, wrong := range []string{"", "red", "fff", `7c2855"/><script>`} {
		if _, err := e.In(wrong); err == nil {
			t.Errorf("%q was drawn", wrong)
		}
	}
	if _, ok := emblem.Named("../worker.js"); ok {
		t.Error("found what is none")
	}
	if got := colour.Contrast(colour.White, colour.RGB{R: 0x7c, G: 0x28, B: 0x55}); got < colour.AA {
		t.Error(got)
	}
}
