module handfast.test/interop

go 1.24
