// Package document says what a file is that somebody sent, by what is in it, and
// refuses what could do something on the reader's machine.
package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/picture"
	"github.com/sharon-nhs/sharon/internal/web"
)

// Kinds are types of files, each with how names of such files end.
type Kinds map[string]string

// The types of files that are no pictures.
const (
	PDF         = "application/pdf"
	Word        = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	Excel       = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PowerPoint  = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	OpenText    = "application/vnd.oasis.opendocument.text"
	OpenSheet   = "application/vnd.oasis.opendocument.spreadsheet"
	JPEG        = "image/jpeg"
	PNG         = "image/png"
	sniffedPack = "application/zip"
)

// parts are the entries of a zip by which documents are known.
var parts = map[string]string{"word/document.xml": Word, "xl/workbook.xml": Excel, "ppt/presentation.xml": PowerPoint}

// Read reads a file of one of the kinds and at most so many bytes. Pictures are
// made anew; a document that can run programmes is refused. Invalid is about the
// field; unknown are the words for a file of another kind.
func (k Kinds) Read(ctx context.Context, field string, file web.File, most int64, unknown string) (content []byte, kind string, err error) {
	if file.Size > most {
		return nil, "", fault.Bad(field, tooLarge(most))
	}
	opened, err := file.Open()
	if err != nil {
		return nil, "", err
	}
	content, err = io.ReadAll(opened)
	if err = errors.Join(err, opened.Close()); err != nil {
		return nil, "", err
	}
	kind = http.DetectContentType(content)
	switch {
	case strings.HasPrefix(kind, "image/") && k[JPEG] != "":
		made, err := picture.Clean(ctx, field, bytes.NewReader(content))
		return made.Bytes, made.Type, err
	case kind == sniffedPack:
		kind = packed(content)
	}
	if k[kind] == "" {
		return nil, "", fault.Bad(field, unknown)
	}
	return content, kind, nil
}

func tooLarge(most int64) string {
	return fmt.Sprintf("This file is larger than %d MB. Make it smaller, or choose another.", most>>20)
}

// packed says which sort of document a zip holds, by its list of contents; empty
// for none, or for one with macros. Nothing is unpacked but the few bytes in which
// an OpenDocument names itself.
func packed(content []byte) string {
	pack, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return ""
	}
	kind := ""
	for _, part := range pack.File {
		switch name := strings.ToLower(part.Name); {
		case strings.HasSuffix(name, "vbaproject.bin"), strings.HasPrefix(name, "basic/"), strings.HasPrefix(name, "scripts/"):
			return ""
		case parts[name] != "":
			kind = parts[name]
		case name == "mimetype":
			kind = named(part)
		}
	}
	return kind
}

func named(part *zip.File) string {
	opened, err := part.Open()
	if err != nil {
		return ""
	}
	defer func() { _ = opened.Close() }()
	words, err := io.ReadAll(io.LimitReader(opened, 100))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(words))
}

// FileName is what a file is called on somebody's device.
func (k Kinds) FileName(title, kind string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, c) {
			return '-'
		}
		return c
	}, title) + k[kind]
}
