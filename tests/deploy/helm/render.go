// Renders a Helm chart as helm does, as far as our templates go (text/template, sprig, include, toYaml,
// required, fail), and prints its objects as a JSON list. helm itself is in no registry of Debian's.
//
//	render CHART VALUES    VALUES is JSON, laid over values.yaml
//	render yaml FILE       only reads a YAML file
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string, into any) {
	text, err := os.ReadFile(path)
	must(err)
	must(yaml.Unmarshal(text, into))
}

func lay(over, under map[string]any) {
	for key, value := range over {
		if one, ok := value.(map[string]any); ok {
			if other, ok := under[key].(map[string]any); ok {
				lay(one, other)
				continue
			}
		}
		under[key] = value
	}
}

func print(value any) {
	text, err := json.Marshal(value)
	must(err)
	fmt.Println(string(text))
}

func main() {
	if os.Args[1] == "yaml" {
		var document any
		read(os.Args[2], &document)
		print(document)
		return
	}
	chart := os.Args[1]
	var about, values, given map[string]any
	read(filepath.Join(chart, "Chart.yaml"), &about)
	read(filepath.Join(chart, "values.yaml"), &values)
	must(json.Unmarshal([]byte(os.Args[2]), &given))
	lay(given, values)

	root := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["include"] = func(name string, data any) (string, error) {
		var out strings.Builder
		err := root.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	functions["toYaml"] = func(value any) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	functions["required"] = func(message string, value any) (any, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	root.Funcs(functions)
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(err)
		_, err = root.New(filepath.Base(file)).Parse(string(text))
		must(err)
	}
	data := map[string]any{
		"Values": values, "Release": map[string]any{"Name": "test", "Namespace": "default", "Service": "Helm"},
		"Chart": map[string]any{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]}}
	objects := []any{}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") {
			continue
		}
		var out bytes.Buffer
		must(root.ExecuteTemplate(&out, name, data))
		if !strings.HasSuffix(name, ".yaml") || strings.TrimSpace(out.String()) == "" {
			continue
		}
		var object any
		if err := yaml.Unmarshal(out.Bytes(), &object); err != nil {
			must(fmt.Errorf("%s: %w\n%s", name, err, out.String()))
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
	print(objects)
}
