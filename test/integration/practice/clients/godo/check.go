package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"time"

	"context"

	"github.com/digitalocean/godo"
)

type walk struct {
	ctx    context.Context
	client *godo.Client
}

type failure string

func fail(format string, args ...interface{}) {
	where := "?"
	for depth := 1; depth < 8; depth++ {
		_, file, line, _ := runtime.Caller(depth)
		if file = file[strings.LastIndex(file, "/")+1:]; file != "check.go" {
			where = fmt.Sprintf("%s:%d", file, line)
			break
		}
	}
	panic(failure(where + ": " + fmt.Sprintf(format, args...)))
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

// got is for calls that answer with a thing, done for those that answer with nothing.
func got[T any](value T, _ *godo.Response, err error) T {
	check(err)
	return value
}

func done(_ *godo.Response, err error) { check(err) }

func same(what string, is, wanted interface{}) {
	if !reflect.DeepEqual(is, wanted) {
		fail("%s is %#v, not %#v", what, is, wanted)
	}
}

func that(isSo bool, what string, args ...interface{}) {
	if !isSo {
		fail("not so: "+what, args...)
	}
}

// errorOf drops what a call that should fail answers with.
func errorOf[T any](_ T, _ *godo.Response, err error) error { return err }

func failed(_ *godo.Response, err error) error { return err }

// refused: with this status, these words and a request id, as the library finds them in the body.
func refused(err error, status int, words string) {
	var response *godo.ErrorResponse
	if !errors.As(err, &response) {
		fail("refused with %v, not by the API", err)
	}
	same("status", response.Response.StatusCode, status)
	that(response.RequestID != "", "the refusal has a request id")
	that(strings.Contains(response.Message, words), "%q has %q in it", response.Message, words)
}

// until asks again, as every wait of both programs does, only in less than their five or ten seconds.
func (w *walk) until(what string, isSo func() bool) {
	for {
		if isSo() {
			return
		}
		select {
		case <-w.ctx.Done():
			fail("waited in vain for %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
