{{- define "immunogate.name" -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}{{- end }}
{{- define "immunogate.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "immunogate.labels" -}}
{{ include "immunogate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "immunogate.checked" -}}
{{- if and (eq .Values.store.engine "sqlite") (gt (int .Values.replicas) 1) }}
{{- fail "replicas: a SQLite store has one gateway; set replicas to 1" }}
{{- end }}
{{- if and (eq .Values.store.engine "sqlite") .Values.hpa.enabled }}
{{- fail "hpa.enabled: a SQLite store has one gateway; take it out" }}
{{- end }}
{{- if and (eq .Values.store.engine "postgresql") (not .Values.store.existingSecret) }}
{{- fail "store.existingSecret: with postgresql, name the Secret that holds the key url" }}
{{- end }}
{{- if not (has .Values.store.engine (list "sqlite" "postgresql")) }}
{{- fail "store.engine: write sqlite or postgresql" }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled (not (has "operations-beyond-loopback" (default (list) .Values.config.accept_unsafe))) }}
{{- fail "serviceMonitor.enabled: Prometheus cannot reach loopback in a pod; set config.operations.listen to 0.0.0.0:9464 and name operations-beyond-loopback in config.accept_unsafe" }}
{{- end }}
{{- end }}
