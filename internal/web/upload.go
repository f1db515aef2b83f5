package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// File is an uploaded file, as a field of an input: `json:"picture"` takes what
// a form sends under that name. Over the API files come as multipart/form-data
// too. A field that was left empty is the zero File.
type File struct {
	Name string // as the person's device calls it
	Type string // as the sender claims: look at the content
	Size int64  // in bytes

	header *multipart.FileHeader
}

// Open reads the file, any number of times until the use case returns.
func (f File) Open() (io.ReadSeekCloser, error) {
	if f.header == nil {
		return nil, errors.New("web: no file was sent")
	}
	return f.header.Open()
}

func (f File) copyTo(w io.Writer) error {
	file, err := f.Open()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return errors.Join(err, file.Close())
}

var errFileInJSON = errors.New("a file cannot be sent as JSON")

// UnmarshalJSON refuses: a file is not JSON.
func (*File) UnmarshalJSON([]byte) error { return errFileInJSON }

var (
	oneFile   = reflect.TypeFor[File]()
	manyFiles = reflect.TypeFor[[]File]()
	anyFiles  = map[reflect.Type]bool{oneFile: true, manyFiles: true}

	_ json.Unmarshaler = (*File)(nil)
)

// Limit lets a command take files of so many bytes together, besides a form of
// BodyLimit. Larger ones bring the form back.
func Limit(bytes int) Option { return func(r *Route) { r.limit = bytes } }

const (
	uploadTime   = 2 * time.Minute // 10 MB over a slow phone
	downloadTime = 5 * time.Minute // then the browser asks for the rest
)

// allowance is what a request may use before anybody knows who sends it: files
// take longer and more room, on their own routes only.
func (a *App[S]) allowance(h *fasthttp.RequestHeader) (granted fasthttp.RequestConfig) {
	uri, _, _ := strings.Cut(string(h.RequestURI()), "?")
	for _, b := range *a.Router.table {
		if b.limit == 0 && b.Output != contents || b.Method != string(h.Method()) || !sameShape(b.Path, uri) {
			continue
		}
		if b.Output == contents {
			granted.WriteTimeout = downloadTime
		}
		if b.limit > 0 && len(h.MultipartFormBoundary()) > 0 {
			granted.ReadTimeout, granted.MaxRequestBodySize = uploadTime, 2*b.limit+hardLimit(a.Options)
		}
		return granted
	}
	return granted
}

// streams tells whether the route of an address reads its body itself.
func (a *App[S]) streams(h *fasthttp.RequestHeader) bool {
	uri, _, _ := strings.Cut(string(h.RequestURI()), "?")
	for _, b := range *a.Router.table {
		if b.Resumable && b.Method == string(h.Method()) && sameShape(b.Path, uri) {
			return true
		}
	}
	return false
}

// sameShape tells whether an address can be of a route.
func sameShape(pattern, uri string) bool {
	want, given := strings.Split(pattern, "/"), strings.Split(uri, "/")
	if len(want) != len(given) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != given[i] {
			return false
		}
	}
	return true
}

// readMultipart takes fields and files. What is too large is taken too, so that
// the form can come back with the words in it; r.excess then says so.
func (r *Request) readMultipart(c *fiber.Ctx, bodyLimit int) error {
	form, err := c.Request().MultipartForm()
	if err != nil {
		return fault.Wrap(fault.Malformed, "The form could not be read. Please send it again.", err)
	}
	words := 0
	r.Values, r.Files = map[string][]string{}, map[string][]File{}
	for name, given := range form.Value {
		for _, value := range given {
			words += len(name) + len(value)
			r.Values[strings.Clone(name)] = append(r.Values[name], strings.Clone(value))
		}
	}
	largest, sum := "", int64(0)
	for name, given := range form.File {
		for _, header := range given {
			if header.Filename == "" && header.Size == 0 {
				continue // a browser's way to say that none was chosen
			}
			file := File{Name: plain(header.Filename[strings.LastIndexAny(header.Filename, `/\`)+1:]), Type: plain(header.Header.Get("Content-Type")), Size: header.Size, header: header}
			r.Files[strings.Clone(name)] = append(r.Files[name], file)
			if sum += file.Size; largest == "" || file.Size > r.Files[largest][0].Size {
				largest = strings.Clone(name)
			}
		}
	}
	limit := max(r.Route.limit, bodyLimit)
	switch {
	case words > bodyLimit:
		r.excess = fault.New(fault.TooLarge, fiberMessages[fault.TooLarge])
	case sum > int64(limit):
		mend := fmt.Sprintf("That is too large to send. Choose a file smaller than %s.", inWords(limit))
		r.excess = &fault.Error{Code: fault.TooLarge, Message: mend, Fields: []fault.Field{{Name: largest, Message: mend}}}
	}
	return nil
}

func inWords(bytes int) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d KB", bytes>>10)
}

// plain is text in characters that show, at most 200.
func plain(given string) string {
	shown := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(given, "")))
	return string(shown[:min(len(shown), 200)])
}

// bindFiles fills an input's fields of type File and []File.
func (b *binding[S]) bindFiles(files map[string][]File, in reflect.Value) {
	for _, field := range b.plan.files {
		given := files[field.name]
		switch target := in.FieldByIndex(field.index); {
		case len(given) == 0:
		case target.Type() == manyFiles:
			target.Set(reflect.ValueOf(given))
		default:
			target.Set(reflect.ValueOf(given[len(given)-1]))
		}
	}
}
