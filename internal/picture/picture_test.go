package picture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/testkit"
)

// quarters is a picture whose corners can be told apart: red, green above blue, white.
func quarters(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, corners[2*(2*y/height)+2*x/width])
		}
	}
	return img
}

var corners = [4]color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}

// seen names the corners of a picture, row by row.
func seen(t *testing.T, data []byte) string {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size, names := img.Bounds().Size(), ""
	for i := range 4 {
		r, g, b, _ := img.At(size.X/4+i%2*size.X/2, size.Y/4+i/2*size.Y/2).RGBA()
		near := func(v uint32, want uint8) bool { return max(v>>8, uint32(want))-min(v>>8, uint32(want)) < 60 }
		for n, c := range corners {
			if near(r, c.R) && near(g, c.G) && near(b, c.B) {
				names += string("RGBW"[n])
			}
		}
	}
	return names
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// exif is what a camera writes: how it was held, and a position.
func exif(held int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08")
	entry := func(tag, kind uint16, count uint32, value ...byte) {
		b = binary.BigEndian.AppendUint16(b, tag)
		b = binary.BigEndian.AppendUint16(b, kind)
		b = binary.BigEndian.AppendUint32(b, count)
		b = append(b, append(value, 0, 0, 0, 0)[:4]...)
	}
	b = append(b, 0, 3)
	entry(0x010e, 2, 4, 'S', 'P', 'Y', 0)     // description
	entry(0x0112, 3, 1, 0, byte(held))        // orientation
	entry(0x8825, 4, 1, 0, 0, 0, 8+2+3*12+4)  // where the position stands
	b = append(b, 0, 0, 0, 0, 0, 2)           // no further directory; two entries
	entry(0x0001, 2, 2, 'N', 0)               // north
	entry(0x0002, 5, 1, 0, 0, 0, 8+2+36+4+30) // latitude
	b = append(b, 0, 0, 0, 0)
	return append(b, "\x00\x00\x00\x37\x00\x00\x00\x01LATITUDE"...)
}

func withEXIF(data []byte, held int) []byte {
	body := append([]byte("Exif\x00\x00"), exif(held)...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return bytes.Join([][]byte{data[:2], segment, body, data[2:]}, nil)
}

// chunk puts a chunk behind a PNG's header.
func chunk(data []byte, kind string, body []byte) []byte {
	made := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	made = append(append(made, kind...), body...)
	made = binary.BigEndian.AppendUint32(made, crc32.ChecksumIEEE(made[4:]))
	return bytes.Join([][]byte{data[:33], made, data[33:]}, nil)
}

func webpOf(t testing.TB, encoded string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	lossy    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	lossless = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
)

func animation(t testing.TB) []byte {
	t.Helper()
	film := &gif.GIF{}
	for _, c := range []color.RGBA{corners[0], corners[2]} {
		film.Image = append(film.Image, image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{c}))
		film.Delay = append(film.Delay, 5)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, film); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func made(t *testing.T, data []byte) Picture {
	t.Helper()
	p, err := Clean(t.Context(), "picture", bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%.20q…: %v", data, err)
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(p.Bytes))
	if err != nil || config.Width != p.Width || config.Height != p.Height || "image/"+kind != p.Type {
		t.Fatalf("%s of %d × %d says that it is %s of %d × %d: %v", kind, config.Width, config.Height, p.Type, p.Width, p.Height, err)
	}
	return p
}

func TestPicturesOfEachKind(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 300, 200))
	noise := image.NewNRGBA(image.Rect(0, 0, 1200, 900))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rand.Uint32())
	}
	for name, c := range map[string]struct {
		data          []byte
		kind          string
		width, height int
	}{
		"a photograph":           {asJPEG(t, quarters(640, 480)), "image/jpeg", 640, 480},
		"a photograph as PNG":    {asPNG(t, quarters(640, 480)), "image/jpeg", 640, 480},
		"a large one":            {asJPEG(t, quarters(6000, 3000)), "image/jpeg", 2048, 1024},
		"just above the size":    {asJPEG(t, quarters(1000, 2050)), "image/jpeg", 999, 2048},
		"a long thread":          {asPNG(t, quarters(1, 12000)), "image/jpeg", 1, 2048},
		"one dot":                {asPNG(t, quarters(1, 1)), "image/jpeg", 1, 1},
		"something see-through":  {asPNG(t, clear), "image/png", 300, 200},
		"heavy and see-through":  {asPNG(t, noise), "image/jpeg", 1200, 900},
		"grey":                   {asJPEG(t, image.NewGray(image.Rect(0, 0, 50, 40))), "image/jpeg", 50, 40},
		"sixteen bits a colour":  {asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 5000, 4))), "image/png", 2048, 1},
		"the first of a film":    {animation(t), "image/jpeg", 30, 20},
		"WebP, lossy":            {webpOf(t, lossy), "image/jpeg", 1, 1},
		"WebP, lossless":         {webpOf(t, lossless), "image/png", 1, 1},
		"with a page behind it":  {append(asJPEG(t, quarters(40, 40)), "<script>alert(1)</script>"...), "image/jpeg", 40, 40},
		"with a program in it":   {chunk(asPNG(t, quarters(40, 40)), "tEXt", []byte("x\x00<?php system() ?>")), "image/jpeg", 40, 40},
		"with a bomb of a note":  {chunk(asPNG(t, quarters(40, 40)), "zTXt", bytes.Repeat([]byte{0}, 1<<20)), "image/jpeg", 40, 40},
		"with nonsense for EXIF": {withEXIF(asJPEG(t, quarters(40, 40)), 200), "image/jpeg", 40, 40},
	} {
		p := made(t, c.data)
		if p.Type != c.kind || p.Width != c.width || p.Height != c.height {
			t.Errorf("%s became %s of %d × %d", name, p.Type, p.Width, p.Height)
		}
		if bytes.Contains(p.Bytes, []byte("<script>")) || bytes.Contains(p.Bytes, []byte("<?php")) {
			t.Errorf("%s kept it", name)
		}
	}
	if got := seen(t, made(t, asJPEG(t, quarters(6000, 3000))).Bytes); got != "RGBW" {
		t.Errorf("a picture made smaller shows %s", got)
	}
	if img, _, _ := image.Decode(bytes.NewReader(made(t, animation(t)).Bytes)); img != nil {
		if r, _, b, _ := img.At(5, 5).RGBA(); r < b {
			t.Error("not the first frame")
		}
	}
}

// The position where a photograph was taken must never reach another member.
func TestWhatTheCameraWroteIsGone(t *testing.T) {
	for name, data := range map[string][]byte{
		"JPEG": withEXIF(asJPEG(t, quarters(40, 40)), 6),
		"PNG":  chunk(chunk(asPNG(t, quarters(40, 40)), "eXIf", exif(6)), "tEXt", []byte("Author\x00SPY LATITUDE")),
	} {
		if !bytes.Contains(data, []byte("LATITUDE")) || !bytes.Contains(data, []byte("SPY")) {
			t.Fatalf("%s: the test has no position to lose", name)
		}
		p := made(t, data)
		for _, trace := range []string{"LATITUDE", "SPY", "Exif", "eXIf", "tEXt", "MM\x00*"} {
			if bytes.Contains(p.Bytes, []byte(trace)) {
				t.Errorf("%s still holds %q", name, trace)
			}
		}
	}
}

func TestPicturesAreTurnedUpright(t *testing.T) {
	for held, want := range map[int]string{1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB", 0: "RGBW", 9: "RGBW"} {
		for kind, data := range map[string][]byte{
			"JPEG": withEXIF(asJPEG(t, quarters(400, 200)), held),
			"PNG":  chunk(asPNG(t, quarters(400, 200)), "eXIf", exif(held)),
		} {
			p := made(t, data)
			if got := seen(t, p.Bytes); got != want {
				t.Errorf("%s held as %d shows %s, not %s", kind, held, got, want)
			}
			if lying := held >= 5 && held <= 8; lying != (p.Height > p.Width) {
				t.Errorf("%s held as %d is %d × %d", kind, held, p.Width, p.Height)
			}
		}
	}
}

// huge is a PNG that says it has so many pixels, and has none.
func huge(t testing.TB, width, height uint32) []byte {
	data := asPNG(t, quarters(8, 8))
	binary.BigEndian.PutUint32(data[16:], width)
	binary.BigEndian.PutUint32(data[20:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// endless is a JPEG that asks for its pixels to be walked over again and again.
func endless(t testing.TB) []byte {
	data := asJPEG(t, quarters(64, 64))
	at := bytes.Index(data, []byte{0xff, 0xda})
	length := 2 + int(data[at+2])<<8 + int(data[at+3])
	return bytes.Join([][]byte{data[:at], bytes.Repeat(append(bytes.Clone(data[at:at+length]), 0x12), 100_000), data[at:]}, nil)
}

func TestWhatIsNoPictureIsRefusedWithAdvice(t *testing.T) {
	photo := asJPEG(t, quarters(640, 480))
	for name, c := range map[string]struct {
		data []byte
		want refusal
	}{
		"nothing":                   {nil, empty},
		"words":                     {[]byte("hello"), unknown},
		"a page":                    {[]byte("<!doctype html><script>alert(1)</script>"), unknown},
		"SVG":                       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), unknown},
		"SVG as XML":                {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), unknown},
		"PDF":                       {[]byte("%PDF-1.7 ..."), unknown},
		"BMP":                       {append([]byte("BM"), make([]byte, 100)...), unknown},
		"a film":                    {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), unknown},
		"HEIC":                      {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), fromPhone},
		"AVIF":                      {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1miaf"), fromPhone},
		"too many bytes":            {append(photo, make([]byte, MaxBytes)...), tooHeavy},
		"50,000 × 50,000":           {huge(t, 50_000, 50_000), tooLarge},
		"the most a header can say": {huge(t, 1<<31-1, 1<<31-1), damaged},
		"too long a side":           {huge(t, 12_001, 1), tooLarge},
		"too many pixels":           {huge(t, 8_000, 5_001), tooLarge},
		"no pixels":                 {huge(t, 0, 10), damaged},
		"fewer pixels than said":    {huge(t, 5_000, 5_000), damaged},
		"endless work":              {endless(t), tooComplex},
		"cut short":                 {photo[:len(photo)/2], damaged},
		"only a beginning":          {photo[:3], damaged},
		"a PNG cut short":           {asPNG(t, quarters(300, 300))[:200], damaged},
		"a GIF that is a program":   {[]byte("GIF89a/*\x00\x00\x00\x00*/=1;alert(1)"), damaged},
		"a WebP cut short":          {webpOf(t, lossless)[:25], damaged},
		"a WebP within a huge one":  {[]byte("RIFF\x00\x10\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\xff\x3f\x00"), tooLarge},
	} {
		var err error
		took := testkit.Work(func() { _, err = Clean(t.Context(), "picture", bytes.NewReader(c.data)) })
		var failed *fault.Error
		if !errors.As(err, &failed) || failed.Code != fault.Invalid || failed.Fields[0] != (fault.Field{Name: "picture", Message: string(c.want)}) {
			t.Errorf("%s: %v, not %q", name, err, c.want)
		}
		if took > 5*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestAnUploadThatBreaksOffIsNoBadPicture(t *testing.T) {
	_, err := Clean(t.Context(), "picture", iotest.ErrReader(errors.New("cut")))
	if err == nil || fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}

func TestPicturesWaitForEachOther(t *testing.T) {
	if err := room.Acquire(t.Context(), maxPixels); err != nil {
		t.Fatal(err)
	}
	photo := asJPEG(t, quarters(100, 100))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Clean(ctx, "picture", bytes.NewReader(photo)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("did not wait: %v", err)
	}
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			if _, err := Clean(t.Context(), "picture", bytes.NewReader(photo)); err != nil {
				t.Error(err)
			}
		})
	}
	room.Release(maxPixels)
	together.Wait()
	if !room.TryAcquire(maxPixels) {
		t.Fatal("somebody left without giving back their place")
	}
	room.Release(maxPixels)
}

func FuzzClean(f *testing.F) {
	for _, seed := range [][]byte{
		asJPEG(f, quarters(20, 20)), withEXIF(asJPEG(f, quarters(9, 20)), 6), asPNG(f, quarters(20, 20)), animation(f), webpOf(f, lossy), webpOf(f, lossless),
		chunk(asPNG(f, quarters(8, 8)), "eXIf", exif(3)), huge(f, 500, 500), []byte("<svg/>"), []byte("GIF89a"), {},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Clean(t.Context(), "picture", bytes.NewReader(data))
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		config, kind, err := image.DecodeConfig(bytes.NewReader(p.Bytes))
		if err != nil || "image/"+kind != p.Type || config.Width != p.Width || config.Height != p.Height || max(p.Width, p.Height) > side {
			t.Errorf("made %s of %d × %d, which reads as %s of %d × %d: %v", p.Type, p.Width, p.Height, kind, config.Width, config.Height, err)
		}
		if strings.Contains(string(p.Bytes), "Exif") && strings.Contains(string(data), "Exif") {
			t.Error("EXIF came through")
		}
	})
}
