package realtime

import (
	"bytes"
	"strings"
)

// Frame is one server-sent event. It has no name of its own (a browser hears
// only names that it was told of): what kind it is, the data say.
type Frame struct {
	// ID is the id of the row that the event tells of. A stream shows an id that
	// Missed gave only once. Without one an event is never missed.
	ID   string
	Data []byte
}

// event is a frame as it goes over the wire, shared by all streams.
type event struct {
	id   string
	text []byte
}

// oneLine keeps a name from becoming another field.
var oneLine = strings.NewReplacer("\r", "", "\n", "", "\x00", "")

func (f Frame) event() *event {
	var text bytes.Buffer
	id := oneLine.Replace(f.ID)
	if id != "" {
		text.WriteString("id: " + id + "\n")
	}
	data := bytes.ReplaceAll(bytes.ReplaceAll(f.Data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		text.WriteString("data: ")
		text.Write(line)
		text.WriteByte('\n')
	}
	text.WriteByte('\n')
	return &event{id, bytes.Clone(text.Bytes())}
}

// heartbeat is a comment, which browsers pass over.
var heartbeat = &event{text: []byte(":\n\n")}
