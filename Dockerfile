# The operator's image: one static binary and nothing else. `make images` puts the binary into the build context.
FROM scratch
LABEL org.opencontainers.image.title="stockbot-operator" org.opencontainers.image.licenses="Apache-2.0"
COPY stockbot-operator /stockbot-operator
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/stockbot-operator"]
CMD ["run"]
