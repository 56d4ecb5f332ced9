using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.PostgreSql.Versions
{
    /// <inheritdoc />
    public partial class LifeOfRun : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<List<string>>(
                name: "Amendments",
                table: "Runs",
                type: "text[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<string>(
                name: "FailureLabel",
                table: "Runs",
                type: "character varying(50)",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ForkStep",
                table: "Runs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "ParentId",
                table: "Runs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Precision",
                table: "Runs",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Relation",
                table: "Runs",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Threads",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Person",
                table: "RunStateChanges",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ParentId",
                table: "Runs",
                column: "ParentId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_ParentId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Amendments",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "FailureLabel",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ForkStep",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ParentId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Precision",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Relation",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Threads",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Person",
                table: "RunStateChanges");
        }
    }
}
