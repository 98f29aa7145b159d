{{- define "stockbot-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "stockbot-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains .Release.Name (include "stockbot-operator.name" .) }}
{{- include "stockbot-operator.name" . }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "stockbot-operator.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "stockbot-operator.selector" -}}
app.kubernetes.io/name: {{ include "stockbot-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stockbot-operator.labels" -}}
{{ include "stockbot-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "stockbot-operator.serviceAccount" -}}
{{- default (include "stockbot-operator.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{/* What the operator does in the namespaces that it watches. Secrets are not among it. */}}
{{- define "stockbot-operator.rules" -}}
- apiGroups: [stockbot.dev]
  resources: [discordbots, stockdisplays]
  verbs: [get, list, watch]
- apiGroups: [stockbot.dev]
  # The finalizer by which live messages are removed before their bot or display goes.
  resources: [discordbots, stockdisplays]
  verbs: [patch]
- apiGroups: [stockbot.dev]
  resources: [discordbots/status, stockdisplays/status]
  verbs: [get, patch]
- apiGroups: [""]
  resources: [configmaps, services, serviceaccounts]
  verbs: [get, list, watch, create, patch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [monitoring.coreos.com]
  # Only where the Prometheus operator is installed.
  resources: [podmonitors]
  verbs: [get, list, watch, create, patch]
- apiGroups: [""]
  # Whether its own namespace is being deleted; never any other's.
  resources: [namespaces]
  verbs: [get]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [list]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}
